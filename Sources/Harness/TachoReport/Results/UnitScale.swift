// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The multiple of a unit in which a column or an axis is written: ms, GB/s, GFLOP/s.
package struct UnitScale: Sendable, Hashable {
  package let factor: Double
  package let symbol: String

  /// The largest multiple that leaves a number of this magnitude at 1 or above.
  package static func best(for unit: Metric.Unit, magnitude: Double) -> UnitScale {
    let known = multiples(of: unit)
    let fitting = known.last { $0.factor <= abs(magnitude) * (1 + 1e-9) }
    return fitting ?? known[0]
  }

  /// Of a sample of values: the multiple that fits the median of those that are not 0.
  package static func best(for unit: Metric.Unit, values: [Double]) -> UnitScale {
    let magnitudes = values.filter { $0 != 0 && $0.isFinite }.map { abs($0) }.sorted()
    guard !magnitudes.isEmpty else { return best(for: unit, magnitude: 1) }
    return best(for: unit, magnitude: magnitudes[magnitudes.count / 2])
  }

  /// Known multiples, ascending; never empty.
  private static func multiples(of unit: Metric.Unit) -> [UnitScale] {
    switch unit {
    case .seconds:
      [.init(1e-9, "ns"), .init(1e-6, "µs"), .init(1e-3, "ms"), .init(1, "s")]
    case .tokensPerSecond: [.init(1, "tok/s")]
    case .requestsPerSecond: [.init(1, "req/s")]
    case .bytes:
      [
        .init(1, "B"), .init(1024, "KiB"), .init(1_048_576, "MiB"), .init(1_073_741_824, "GiB"),
        .init(1_099_511_627_776, "TiB"),
      ]
    case .bytesPerSecond: decimal("B/s")
    case .flops: decimal("FLOP")
    case .flopsPerSecond: decimal("FLOP/s")
    case .hertz: decimal("Hz")
    case .joules: [.init(1e-6, "µJ"), .init(1e-3, "mJ"), .init(1, "J"), .init(1e3, "kJ")]
    case .watts: [.init(1, "W")]
    case .count, .ratio: [.init(1, "")]
    }
  }

  private static func decimal(_ symbol: String) -> [UnitScale] {
    [
      .init(1, symbol), .init(1e3, "k" + symbol), .init(1e6, "M" + symbol),
      .init(1e9, "G" + symbol), .init(1e12, "T" + symbol),
    ]
  }

  private init(_ factor: Double, _ symbol: String) {
    self.factor = factor
    self.symbol = symbol
  }
}
