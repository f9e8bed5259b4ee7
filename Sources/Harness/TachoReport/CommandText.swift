// SPDX-License-Identifier: Apache-2.0

/// Pieces of command lines that people are shown to copy.
package enum CommandText {
  /// A word for a shell, quoted where it needs to be.
  package static func word(_ text: String) -> String {
    let plain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "-_./=:,@%+".utf8.contains(byte)
      }
    }
    if plain, !text.isEmpty { return text }
    return "'" + text.replacing("'", with: #"'\''"#) + "'"
  }

  /// The value of `--filter` that chooses exactly the points of these names.
  package static func filter(_ names: [String]) -> String {
    let escaped = names.map { name in
      name.map { #"\^$.|?*+()[]{}"#.contains($0) ? #"\\#($0)"# : String($0) }.joined()
    }
    return escaped.count == 1 ? "^\(escaped[0])$" : "^(\(escaped.joined(separator: "|")))$"
  }
}
