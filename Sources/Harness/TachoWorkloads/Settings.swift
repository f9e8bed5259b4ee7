// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// A configuration read through its knobs: defaults filled in, types and ranges checked.
struct Settings {
  private let values: [String: ConfigurationValue]

  init(_ configuration: Configuration, knobs: [Knob]) throws {
    var values: [String: ConfigurationValue] = [:]
    for knob in knobs {
      guard let given = configuration[knob.path], given != .null else {
        values[knob.path] = knob.defaultValue
        continue
      }
      guard let value = knob.normalized(given) else {
        throw WorkloadError(
          .badConfiguration, "\(knob.path) is \(given.display): it must be \(knob.expectation)")
      }
      values[knob.path] = value
    }
    self.values = values
  }

  func int(_ path: String) -> Int { values[path]?.intValue ?? 0 }

  func double(_ path: String) -> Double { values[path]?.doubleValue ?? 0 }

  func bool(_ path: String) -> Bool { values[path]?.boolValue ?? false }

  /// Nil when empty.
  func text(_ path: String) -> String? {
    guard let text = values[path]?.stringValue, !text.isEmpty else { return nil }
    return text
  }
}
