// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// One line of a `.cases` file (format: `Golden/make_golden.py`).
struct TokenizerCase {
  let input: [UInt8]
  /// With special tokens added and parsed.
  let ids: [Int32]
  /// With neither.
  let plainIds: [Int32]
  /// The text of `ids` without special tokens, where the reference gives one.
  let decoded: [UInt8]?

  /// Every case of a file in `folder`.
  static func read(_ folder: URL, _ name: String) throws -> [TokenizerCase] {
    let text = String(
      decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    return text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
      guard fields.count == 4 else { return nil }
      return TokenizerCase(
        input: bytes(fields[0]), ids: ids(fields[1]), plainIds: ids(fields[2]),
        decoded: fields[3] == "-" ? nil : bytes(fields[3]))
    }
  }

  private static func ids(_ field: Substring) -> [Int32] {
    field.split(separator: " ").compactMap { Int32($0) }
  }

  private static func bytes(_ field: Substring) -> [UInt8] {
    let digits = Array(field.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
    }
  }
}
