// SPDX-License-Identifier: Apache-2.0

/// CSV as RFC 4180 has it, with LF line ends: fields in quotes only where they need them.
struct CSVText {
  private(set) var text = ""

  init(header: [String]) {
    append(header)
  }

  mutating func append(_ fields: [String]) {
    // A line with one empty field would be read as an empty line.
    text += fields == [""] ? "\"\"" : fields.map(Self.quoted).joined(separator: ",")
    text += "\n"
  }

  static func quoted(_ field: String) -> String {
    // Scalars, because a CR and an LF together are one character.
    let special: Set<Unicode.Scalar> = [",", "\"", "\n", "\r"]
    let spaced = field.first == " " || field.last == " "
    guard spaced || field.unicodeScalars.contains(where: special.contains) else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }

  /// A number with all its digits; nothing when there is none.
  static func number(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "" }
    if let whole = Int(exactly: value), abs(value) < 9e15 { return String(whole) }
    return String(value)
  }
}
