// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Why a text is not a value of a knob, or not a list of values.
package struct ValueError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String

  package init(_ description: String) {
    self.description = description
  }
}

extension Knob {
  /// Text knobs whose last part is `path`, or ends in `_path`, name files.
  package var namesFile: Bool {
    kind == .text && (path == "path" || path.hasSuffix(".path") || path.hasSuffix("_path"))
  }

  /// The value a person wrote, read by this knob's kind and never by its looks: `off`, `1:30` and
  /// `null` are text to a text knob and names to a choice.
  ///
  /// Knobs whose unit is `bytes`, `seconds` or `ratio` also take `512KiB`, `30s` and `2%`.
  package func value(of text: String) throws(ValueError) -> ConfigurationValue {
    let raw: ConfigurationValue?
    switch kind {
    case .text: raw = .string(text)
    case .choice(let names):
      guard names.contains(text) else {
        let hint = didYouMean(text, among: names)
        throw ValueError("\(path): \(quoted(text)) is not \(expectation)\(hint)")
      }
      raw = .string(text)
    case .bool: raw = text == "true" ? .bool(true) : text == "false" ? .bool(false) : nil
    case .int: raw = (QuantityText.int(text) ?? wholeQuantity(text)).map { .int($0) }
    case .double: raw = (QuantityText.double(text) ?? quantity(text)).map { .double($0) }
    }
    guard let raw else {
      throw ValueError("\(path): \(quoted(text)) is not \(expectation)\(unitHint)")
    }
    guard let value = normalized(raw) else {
      throw ValueError("\(path): \(quoted(text)) is out of range; expected \(expectation)")
    }
    return value
  }

  private func wholeQuantity(_ text: String) -> Int? {
    unit == "bytes" ? QuantityText.bytes(text) : quantity(text).flatMap { Int(exactly: $0) }
  }

  private func quantity(_ text: String) -> Double? {
    switch unit {
    case "bytes": return QuantityText.bytes(text).map(Double.init)
    case "seconds", "s": return QuantityText.seconds(text)
    case "ratio": return QuantityText.percent(text)
    default: return nil
    }
  }

  private var unitHint: String {
    switch unit {
    case "bytes": return " or a size such as 512KiB"
    case "seconds", "s": return " or a time such as 500ms"
    case "ratio": return " or a percentage such as 2%"
    default: return ""
    }
  }
}
