// SPDX-License-Identifier: Apache-2.0

/// XML written line by line: text is escaped, and what XML 1.0 cannot hold is removed.
///
/// Source: Extensible Markup Language (XML) 1.0, 5th edition, section 2.2 (Char).
struct XMLText {
  private(set) var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
  private var depth = 0

  /// An element without content; attributes with a nil value are left out.
  mutating func empty(_ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>) {
    line("<\(name)\(Self.written(attributes))/>")
  }

  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>,
    content: (inout XMLText) throws -> Void
  ) rethrows {
    line("<\(name)\(Self.written(attributes))>")
    depth += 1
    try content(&self)
    depth -= 1
    line("</\(name)>")
  }

  /// An element that holds nothing but text, as it is: no space is put around it.
  mutating func element(
    _ name: StaticString, _ attributes: KeyValuePairs<StaticString, String?>, text: String
  ) {
    line("<\(name)\(Self.written(attributes))>\(Self.escaped(text))</\(name)>")
  }

  private mutating func line(_ markup: String) {
    text += String(repeating: "  ", count: depth) + markup + "\n"
  }

  private static func written(_ attributes: KeyValuePairs<StaticString, String?>) -> String {
    attributes.map { key, value in
      value.map { " \(key)=\"\(escaped($0, inAttribute: true))\"" } ?? ""
    }.joined()
  }

  /// Line breaks and tabs of an attribute would be read as spaces, so there they are written as numbers.
  static func escaped(_ text: String, inAttribute: Bool = false) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count + 16)
    for scalar in text.unicodeScalars where isAllowed(scalar) {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&apos;"
      case "\r": result += "&#13;"
      case "\t" where inAttribute: result += "&#9;"
      case "\n" where inAttribute: result += "&#10;"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// Characters of XML 1.0 but for those it advises against: C1 controls and non-characters.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD: true
    case 0x0..<0x20, 0x7F..<0xA0, 0xFDD0...0xFDEF: false
    default: scalar.value & 0xFFFE != 0xFFFE
    }
  }
}
