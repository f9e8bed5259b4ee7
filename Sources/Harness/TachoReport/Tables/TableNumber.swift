// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord

/// Numbers as a table shows them: one multiple of the unit per column, digits as the spread allows.
struct TableNumber: Sendable {
  private let factor: Double
  /// `tok/s`, `GB/s`, `ms`; empty for counts and ratios.
  let symbol: String

  /// The largest multiple in which the middle one of these values is at least 1.
  init(unit: Metric.Unit, values: [Double]) {
    let magnitudes = values.map { abs($0) }.filter { $0 > 0 && $0.isFinite }.sorted()
    let middle = magnitudes.isEmpty ? 1 : magnitudes[magnitudes.count / 2]
    let multiples = Self.multiples(of: unit)
    let chosen = multiples.last { $0.factor <= middle * (1 + 1e-9) } ?? multiples[0]
    (factor, symbol) = chosen
  }

  /// `123.4 ± 1.2`: the median and half of its 95% interval; the median alone without an interval.
  func text(_ summary: Summary) -> String {
    let half = summary.interval.map { ($0.upperBound - $0.lowerBound) / 2 }
    let decimals = Self.decimals(value: summary.median / factor, spread: half.map { $0 / factor })
    let median = fixed(summary.median, decimals)
    return half.map { "\(median) ± \(fixed($0, decimals))" } ?? median
  }

  private func fixed(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value / factor)
  }

  /// Decimals that show two digits of the spread, between three and five digits in all.
  private static func decimals(value: Double, spread: Double?) -> Int {
    func leading(_ number: Double) -> Int? {
      number.isFinite && number != 0 ? Int(log10(abs(number)).rounded(.down)) : nil
    }
    let most = min(max(4 - (leading(value) ?? 0), 0), 9)
    let least = min(max(2 - (leading(value) ?? 0), 0), 9)
    let wanted = spread.flatMap(leading).map { 1 - $0 } ?? (least + 1)
    return min(max(wanted, least), most)
  }

  private static func multiples(of unit: Metric.Unit) -> [(factor: Double, symbol: String)] {
    func decimal(_ name: String) -> [(factor: Double, symbol: String)] {
      [(1, name), (1e3, "k" + name), (1e6, "M" + name), (1e9, "G" + name), (1e12, "T" + name)]
    }
    switch unit {
    case .seconds: return [(1e-9, "ns"), (1e-6, "µs"), (1e-3, "ms"), (1, "s")]
    case .tokensPerSecond: return [(1, "tok/s")]
    case .bytes: return [(1, "B"), (1024, "KiB"), (1_048_576, "MiB"), (1_073_741_824, "GiB")]
    case .bytesPerSecond: return decimal("B/s")
    case .flops: return decimal("FLOP")
    case .flopsPerSecond: return decimal("FLOP/s")
    case .count, .ratio: return [(1, "")]
    }
  }
}
