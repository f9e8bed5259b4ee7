// SPDX-License-Identifier: Apache-2.0

/// A measurable quantity: what it means, in which unit, and which direction is better.
///
/// Unit and direction belong to the metric, never to its id or to a column name.
package struct Metric: Sendable, Hashable, Codable {
  package enum Unit: String, Sendable, Codable {
    case seconds, tokensPerSecond, requestsPerSecond, bytes, bytesPerSecond, flops, flopsPerSecond
    case hertz, joules, watts, count, ratio
  }

  package enum Direction: String, Sendable, Codable {
    case lower, higher, neither
  }

  /// `area/what[/detail]`, for example `decode/tokens-per-second`.
  package let id: String
  package let unit: Unit
  package let better: Direction
  /// The formula in one or two sentences, with its null rule.
  package let definition: String
  /// Raised when the formula changes, and stored with every value.
  package let version: Int

  package init(
    id: String, unit: Unit, better: Direction, version: Int = 1, definition: String
  ) {
    self.id = id
    self.unit = unit
    self.better = better
    self.version = version
    self.definition = definition
  }
}

/// A metric's value in one sample, or why there is none: "unavailable, because" is a value, a zero is a lie.
package enum Reading: Sendable, Hashable {
  case value(Double)
  case unavailable(String)

  package var number: Double? {
    if case .value(let number) = self { return number }
    return nil
  }
}

/// One metric's reading in one sample.
package struct Measurement: Sendable, Hashable {
  package let metric: Metric
  package let reading: Reading

  package init(_ metric: Metric, _ reading: Reading) {
    self.metric = metric
    self.reading = reading
  }
}
