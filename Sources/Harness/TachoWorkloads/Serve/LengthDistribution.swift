// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoEngine

/// How many tokens prompts or answers have.
struct LengthDistribution: Sendable {
  enum Shape: String, CaseIterable, Sendable {
    case fixed, uniform, lognormal
  }

  let shape: Shape
  /// The length of all, or the mean of lognormal ones.
  let mean: Int
  /// The bounds; lognormal lengths beyond them are moved to them.
  let range: ClosedRange<Int>
  /// Standard deviation over mean, before rounding and bounds.
  let variation: Double

  /// `part` is `prompt` or `output`.
  static func knobs(_ part: String, _ what: String) -> [Knob] {
    [
      Knob(
        "workload.\(part)_tokens", .int(0...(1 << 24)), default: 0, unit: "tokens",
        "Tokens of every \(what), or the mean of lognormal lengths."),
      Knob(
        "workload.\(part)_distribution", .choice(Shape.allCases.map(\.rawValue)), default: "fixed",
        "Lengths of \(what)s: all equal, uniform from \(part)_min to \(part)_max, or lognormal."),
      Knob(
        "workload.\(part)_min", .int(1...(1 << 24)), default: 1, unit: "tokens",
        "The shortest \(what), unless all are equal."),
      Knob(
        "workload.\(part)_max", .int(0...(1 << 24)), default: 0, unit: "tokens",
        "The longest \(what), unless all are equal; 0 sets no bound to lognormal lengths."),
      Knob(
        "workload.\(part)_cv", .double(0.01...10), default: 1.0,
        "Standard deviation over mean of lognormal lengths."),
    ]
  }

  /// Reads checked settings.
  init(_ settings: Settings, _ part: String) {
    shape =
      settings.text("workload.\(part)_distribution").flatMap { Shape(rawValue: $0) } ?? .fixed
    mean = settings.int("workload.\(part)_tokens")
    let low = settings.int("workload.\(part)_min")
    let high = settings.int("workload.\(part)_max")
    range = low...max(low, high == 0 ? 1 << 24 : high)
    variation = settings.double("workload.\(part)_cv")
  }

  /// What is wrong with these settings, or nil.
  static func complaint(about configuration: Configuration, _ part: String) -> String? {
    func int(_ name: String) -> Int? { configuration["workload.\(part)_\(name)"]?.intValue }
    let shape = configuration["workload.\(part)_distribution"]?.stringValue ?? "fixed"
    let tokens = int("tokens") ?? 0
    let high = int("max") ?? 0
    func unused(_ names: [String]) -> String? {
      names.first { configuration["workload.\(part)_\($0)"] != nil }.map {
        "workload.\(part)_\($0) changes nothing: lengths are \(shape) (workload.\(part)_distribution)"
      }
    }
    switch shape {
    case "uniform":
      if high == 0 { return "uniform lengths need workload.\(part)_max" }
      if high < int("min") ?? 1 { return "workload.\(part)_max is below workload.\(part)_min" }
      return unused(["tokens", "cv"])
    case "lognormal":
      if tokens == 0 { return "lognormal lengths need their mean, workload.\(part)_tokens" }
      if high != 0, high < int("min") ?? 1 {
        return "workload.\(part)_max is below workload.\(part)_min"
      }
      return nil
    default:
      if tokens == 0 { return "workload.\(part)_tokens is 0: give at least 1" }
      return unused(["min", "max", "cv"])
    }
  }

  /// The longest there can be.
  var longest: Int { shape == .fixed ? mean : range.upperBound }

  func next(_ random: inout RandomSource) -> Int {
    switch shape {
    case .fixed: return mean
    case .uniform:
      // 2^24 lengths at most: the remainder's bias is below 2^-40.
      return range.lowerBound + Int(random.next() % UInt64(range.count))
    case .lognormal:
      let variance = log(1 + variation * variation)
      let location = log(Double(mean)) - variance / 2
      let length = exp(location + variance.squareRoot() * random.nextNormal())
      return Int(min(max(length.rounded(), Double(range.lowerBound)), Double(range.upperBound)))
    }
  }
}
