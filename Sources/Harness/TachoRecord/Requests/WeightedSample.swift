// SPDX-License-Identifier: Apache-2.0

/// A value that stands for `weight` equal ones: the latency of a token in an emission of several.
package struct WeightedValue: Sendable, Hashable {
  package let value: Double
  package let weight: Int

  package init(_ value: Double, weight: Int = 1) {
    self.value = value
    self.weight = weight
  }
}

/// What one request contributes to a distribution over requests.
package enum RequestValues: Sendable, Hashable {
  case values([WeightedValue])
  case unavailable(String)

  package init(_ reading: Reading) {
    switch reading {
    case .value(let value): self = .values([WeightedValue(value)])
    case .unavailable(let reason): self = .unavailable(reason)
    }
  }

  /// The request's own figure: its value, or the median of several.
  package var median: Reading {
    switch self {
    case .values(let values): return .value(WeightedSample(values).percentile(50))
    case .unavailable(let reason): return .unavailable(reason)
    }
  }
}

/// Values in ascending order, each standing for several: they are not written out, because an emission
/// may claim a billion tokens.
package struct WeightedSample: Sendable {
  private let values: [WeightedValue]
  /// How many values were observed, and for how many they stand.
  package var count: Int { values.count }
  private let total: Int

  /// At least one value, with weights above 0 that sum to less than 2^62.
  package init(_ values: [WeightedValue]) {
    self.values = values.sorted { $0.value < $1.value }
    total = values.reduce(0) { $0 + $1.weight }
  }

  package var mean: Double {
    // About a value of the sample, so that a large offset does not eat the digits.
    let first = values[0].value
    return first
      + values.reduce(0) { $0 + ($1.value - first) * (Double($1.weight) / Double(total)) }
  }

  /// The `p`-th percentile, 0 to 100, by linear interpolation ("type 7", numpy's default).
  package func percentile(_ p: Double) -> Double {
    let position = min(max(p, 0), 100) / 100 * Double(total - 1)
    let below = min(Int(position), total - 1)
    let fraction = position - Double(below)
    let low = ranked(below)
    return fraction == 0 ? low : low + (ranked(below + 1) - low) * fraction
  }

  private func ranked(_ rank: Int) -> Double {
    var before = 0
    for entry in values {
      before += entry.weight
      if rank < before { return entry.value }
    }
    return values[values.count - 1].value
  }
}
