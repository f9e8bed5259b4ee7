// SPDX-License-Identifier: Apache-2.0

/// Markup that is safe by construction: text and attribute values are always escaped, and tag names,
/// attribute names and unescaped markup can only be literals of this program.
///
/// What it writes is well-formed XML as well as HTML, so that a test can parse it.
package struct HTML: Sendable, Hashable {
  package private(set) var markup = ""

  package init() {}

  /// Escaped text.
  package init(text: String) {
    markup = Self.escaped(text)
  }

  /// Markup written in this program, taken as it is.
  package init(literal: StaticString) {
    markup = literal.description
  }

  /// An element; attributes with a nil value are left out.
  package init(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?> = [:],
    @HTMLBuilder content: () -> HTML = { HTML() }
  ) {
    markup = "<" + name.description
    for (key, value) in attributes {
      guard let value else { continue }
      markup += " " + key.description + "=\"" + Self.escaped(value) + "\""
    }
    if Self.isVoid(name) {
      markup += "/>"
    } else {
      markup += ">" + content().markup + "</" + name.description + ">"
    }
  }

  package mutating func append(_ other: HTML) {
    markup += other.markup
  }

  /// Elements that HTML never closes; all others need a closing tag even when empty.
  private static func isVoid(_ name: StaticString) -> Bool {
    switch name.description {
    case "meta", "br", "hr", "col": true
    default: false
    }
  }

  /// Text with markup characters replaced by entities, and characters that XML cannot hold by U+FFFD.
  package static func escaped(_ text: String) -> String {
    guard text.utf8.contains(where: { isSpecial($0) }) else { return text }
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
      case "\0"..<" ", "\u{FFFE}", "\u{FFFF}", "\u{7F}"..<"\u{A0}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Whether a byte may start something to be replaced (0xC2 and 0xEF lead C1 controls and U+FFFE).
  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x26, 0x3C, 0x3E, 0x22, 0x27, 0x7F, 0xC2, 0xEF: true
    default: byte < 0x20
    }
  }
}
