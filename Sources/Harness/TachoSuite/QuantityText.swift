// SPDX-License-Identifier: Apache-2.0

/// Reads numbers and quantities from the text a person wrote: `512KiB`, `30s`, `2%`, `5..20`.
///
/// The forms are strict: no underscores, no hexadecimal, no sexagesimal `1:30`, no `nan`.
package enum QuantityText {
  /// A whole number: an optional sign and digits.
  ///
  /// Nil when it is not one or does not fit an `Int`.
  package static func int(_ text: some StringProtocol) -> Int? {
    guard text.utf8.count <= 20, text.utf8.allSatisfy({ isDigit($0) || isSign($0) }) else {
      return nil
    }
    return Int(text)
  }

  /// A decimal number such as `-1.5` or `2e-3`; nil for anything else, also when it overflows.
  package static func double(_ text: some StringProtocol) -> Double? {
    let letters: Set<UInt8> = [UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")]
    guard text.utf8.count <= 64,
      text.utf8.allSatisfy({ isDigit($0) || isSign($0) || letters.contains($0) }),
      let value = Double(text), value.isFinite
    else { return nil }
    return value
  }

  /// Bytes from `512KiB`, `8GiB`, `2MB`, `100B`; a unit is needed unless the number is 0.
  package static func bytes(_ text: some StringProtocol) -> Int? {
    let units: [(String, Double)] = [
      ("KiB", 1024), ("MiB", 1_048_576), ("GiB", 1_073_741_824), ("TiB", 1_099_511_627_776),
      ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12), ("B", 1),
    ]
    guard let value = quantity(text, units), value >= 0, value < 9e18 else { return nil }
    return Int(value)
  }

  /// Seconds from `30s`, `5m`, `500ms`, `20us`, `1h`; a unit is needed unless the number is 0.
  package static func seconds(_ text: some StringProtocol) -> Double? {
    let units: [(String, Double)] = [
      ("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
    ]
    guard let value = quantity(text, units), value >= 0, value < 1e12 else { return nil }
    return value
  }

  /// A ratio from `2%`; the sign is needed so that `2` and `0.02` cannot be confused.
  package static func percent(_ text: some StringProtocol) -> Double? {
    guard text.hasSuffix("%"), let value = double(text.dropLast()) else { return nil }
    return value / 100
  }

  /// `5..20` as a range, `10` as 10..10.
  package static func span(_ text: String) -> ClosedRange<Int>? {
    if let value = int(text) { return value...value }
    guard let (low, high) = ends(text), let first = int(low), let last = int(high), first <= last
    else { return nil }
    return first...last
  }

  /// The two sides of `a..b`.
  static func ends(_ text: String) -> (String, String)? {
    let parts = text.split(separator: "..", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    return (trimmed(parts[0]), trimmed(parts[1]))
  }

  /// Without spaces at either end.
  static func trimmed(_ text: some StringProtocol) -> String {
    let start = text.drop { $0 == " " || $0 == "\t" }
    guard let last = start.lastIndex(where: { $0 != " " && $0 != "\t" }) else { return "" }
    return String(start[...last])
  }

  private static func quantity(
    _ text: some StringProtocol, _ units: [(String, Double)]
  ) -> Double? {
    if let zero = double(text), zero == 0 { return 0 }
    for (unit, scale) in units where text.hasSuffix(unit) {
      let number = trimmed(text.dropLast(unit.count))
      if let value = double(number) { return value * scale }
    }
    return nil
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isSign(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
  }
}
