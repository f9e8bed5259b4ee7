// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Maps values of one axis to pixels.
package struct Scale: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case linear, logarithmic
    /// Equal steps between the listed values: for sweeps such as 0, 512, 2048, 8192.
    case steps([Double])
  }

  package let kind: Kind
  package let domain: ClosedRange<Double>
  package let pixels: (from: Double, to: Double)

  package init(_ kind: Kind, domain: ClosedRange<Double>, from: Double, to: Double) {
    self.kind = kind
    self.domain = domain
    self.pixels = (from, to)
  }

  /// Where a value is drawn; values outside the domain are drawn at its ends.
  package func position(_ value: Double) -> Double {
    pixels.from + min(max(fraction(value), 0), 1) * (pixels.to - pixels.from)
  }

  private func fraction(_ value: Double) -> Double {
    switch kind {
    case .linear:
      let width = domain.upperBound - domain.lowerBound
      return width > 0 ? (value - domain.lowerBound) / width : 0.5
    case .logarithmic:
      guard value > 0, domain.lowerBound > 0 else { return 0 }
      let width = log(domain.upperBound / domain.lowerBound)
      return width > 0 ? log(value / domain.lowerBound) / width : 0.5
    case .steps(let values):
      guard let index = values.firstIndex(of: value), values.count > 1 else { return 0.5 }
      return Double(index) / Double(values.count - 1)
    }
  }

  /// The kind that spreads a sweep's values most evenly: logarithmic for geometric ones, equal steps
  /// when a geometric sweep also holds 0.
  package static func kind(forSwept values: [Double]) -> Kind {
    let values = values.sorted()
    let positive = values.filter { $0 > 0 }
    guard positive.count >= 2, let first = positive.first, let last = positive.last,
      let lowest = values.first, lowest >= 0
    else { return .linear }
    guard last / first >= 4, isMoreEven(positive) else { return .linear }
    guard values.count > 2 else { return .linear }
    return positive.count == values.count ? .logarithmic : .steps(values)
  }

  /// Whether the values' logarithms are spaced more evenly than the values.
  private static func isMoreEven(_ values: [Double]) -> Bool {
    guard values.count > 2 else { return values.count == 2 }
    return variation(values.map { log($0) }) < variation(values)
  }

  /// Standard deviation of the steps over their mean.
  private static func variation(_ values: [Double]) -> Double {
    let steps = zip(values.dropFirst(), values).map { $0 - $1 }
    let mean = steps.reduce(0, +) / Double(steps.count)
    guard mean > 0 else { return .infinity }
    let square = steps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(steps.count)
    return square.squareRoot() / mean
  }

  package static func == (left: Scale, right: Scale) -> Bool {
    left.kind == right.kind && left.domain == right.domain && left.pixels == right.pixels
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(domain)
  }
}
