// SPDX-License-Identifier: Apache-2.0

/// One thing a configuration can set: its dotted path, what values it takes, and what it is for.
///
/// Suites are checked against knobs ("did you mean"), sweeps and tuners take their ranges from them,
/// and `tacho list knobs` prints them. A technique declares its own.
package struct Knob: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case bool
    case int(ClosedRange<Int>)
    case double(ClosedRange<Double>)
    case choice([String])
    case text
  }

  package let path: String
  package let kind: Kind
  package let defaultValue: ConfigurationValue
  package let summary: String
  package let unit: String?

  package init(
    _ path: String, _ kind: Kind, default defaultValue: ConfigurationValue, unit: String? = nil,
    _ summary: String
  ) {
    self.path = path
    self.kind = kind
    self.defaultValue = defaultValue
    self.unit = unit
    self.summary = summary
  }

  /// What a value must look like, in words for an error message.
  package var expectation: String {
    switch kind {
    case .bool: return "true or false"
    case .int(let range): return "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .double(let range): return "a number from \(range.lowerBound) to \(range.upperBound)"
    case .choice(let names): return "one of " + names.joined(separator: ", ")
    case .text: return "text"
    }
  }

  /// The value in the knob's own type, so that `1` and `1.0` name one configuration; nil when it does not fit.
  package func normalized(_ value: ConfigurationValue) -> ConfigurationValue? {
    switch kind {
    case .bool:
      return value.boolValue.map { .bool($0) }
    case .int(let range):
      guard let number = value.intValue, range.contains(number) else { return nil }
      return .int(number)
    case .double(let range):
      guard let number = value.doubleValue, range.contains(number) else { return nil }
      return .double(number)
    case .choice(let names):
      guard let name = value.stringValue, names.contains(name) else { return nil }
      return .string(name)
    case .text:
      // YAML reads an unquoted 1.5 or true as a number or a bool; a text knob takes its spelling.
      switch value {
      case .string, .null: return value
      case .int, .double, .bool: return .string(value.display)
      default: return nil
      }
    }
  }
}
