// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord

/// The statements a reader should leave with, computed from the data.
package struct Findings: Sendable {
  package struct Finding: Sendable {
    package let title: String
    package let statement: String
    package let detail: String
  }

  /// What the ids of metrics hold that relate a rate to a limit of the hardware.
  static let fraction = "/fraction-of-"

  private let context: ReportContext

  package init(_ context: ReportContext) {
    self.context = context
  }

  package var all: [Finding] { [largestEffect, worstVariance, furthestFromLimit] }

  // MARK: Largest effect

  private struct Effect {
    let benchmark: BenchmarkResults
    let metric: Metric
    let axis: Int
    /// Highest over lowest median with all other axes held, in the middle of all such groups.
    let typical: Double
    let groups: Int
    let largest: Pair
  }

  private struct Pair {
    let low: PointResult
    let high: PointResult
    let ratio: Double
  }

  private var largestEffect: Finding {
    let title = "Largest effect"
    var best: Effect?
    for benchmark in context.benchmarks {
      // Times of different work say little beside rates; alone they are all there is.
      let rates = benchmark.headline.filter { $0.unit != .seconds }
      for metric in rates.isEmpty ? benchmark.headline : rates {
        for axis in benchmark.axes.indices {
          guard let found = effect(of: axis, on: metric, in: benchmark) else { continue }
          if found.typical > best?.typical ?? 0 { best = found }
        }
      }
    }
    guard let best else {
      return Finding(
        title: title, statement: "Unavailable",
        detail: "No axis has two measured values with everything else equal.")
    }
    let path = best.benchmark.axes[best.axis].path
    return Finding(
      title: title, statement: "\(path): \(Figure.ratio(best.typical))",
      detail: detail(of: best, path: path))
  }

  private func detail(of effect: Effect, path: String) -> String {
    let axis = effect.benchmark.axes[effect.axis]
    let pair = effect.largest
    let id = effect.metric.id
    func text(_ point: PointResult) -> String {
      let estimate = point.estimates[id]
      let scale = UnitScale.best(
        for: effect.metric.unit, magnitude: estimate?.summary?.median ?? 1)
      return EstimateText(estimate, in: scale)?.medianWithUnit ?? "–"
    }
    let bounds = [pair.low, pair.high].compactMap { $0.estimates[id]?.summary?.interval }
    let certainty: String =
      bounds.count < 2
      ? "too few samples to say how certain"
      : bounds[0].overlaps(bounds[1])
        ? "the 95% intervals overlap, so this may be noise"
        : "the 95% intervals do not overlap"
    let groups =
      effect.groups == 1
      ? "" : " in the middle of \(effect.groups) settings of the other axes"
    return "In \(effect.benchmark.name), \(path) changes \(id) by \(Figure.ratio(effect.typical)) "
      + "between its lowest and its highest median\(groups). Most: from \(text(pair.low)) at "
      + "\(axis.text(pair.low.levels[effect.axis])) to \(text(pair.high)) at "
      + "\(axis.text(pair.high.levels[effect.axis]))\(others(pair.high, effect)); \(certainty)."
  }

  /// `, with weights.format=q4_0`: the other axes' values at the pair.
  private func others(_ point: PointResult, _ effect: Effect) -> String {
    let parts = effect.benchmark.axes.indices.filter { $0 != effect.axis }.compactMap { index in
      point.levels[index].map { level in
        "\(effect.benchmark.axes[index].path)=\(effect.benchmark.axes[index].text(level))"
      }
    }
    return parts.isEmpty ? "" : ", with " + parts.joined(separator: ", ")
  }

  private func effect(
    of axis: Int, on metric: Metric, in benchmark: BenchmarkResults
  ) -> Effect? {
    let valued = benchmark.points.filter {
      ($0.estimates[metric.id]?.summary?.median ?? 0) > 0 && $0.levels[axis] != nil
    }
    let groups = Dictionary(grouping: valued) { point in
      var key = point.levels
      key[axis] = nil
      return key
    }
    let pairs = groups.values.compactMap { pair(in: $0, metric.id) }
    guard let largest = pairs.max(by: { $0.ratio < $1.ratio }) else { return nil }
    let sorted = pairs.map(\.ratio).sorted()
    return Effect(
      benchmark: benchmark, metric: metric, axis: axis, typical: sorted[sorted.count / 2],
      groups: pairs.count, largest: largest)
  }

  private func pair(in points: [PointResult], _ metric: String) -> Pair? {
    guard points.count > 1 else { return nil }
    func median(_ point: PointResult) -> Double {
      point.estimates[metric]?.summary?.median ?? 0
    }
    guard let low = points.min(by: { median($0) < median($1) }),
      let high = points.max(by: { median($0) < median($1) })
    else { return nil }
    return Pair(low: low, high: high, ratio: median(high) / median(low))
  }

  // MARK: Worst variance

  private var worstVariance: Finding {
    let title = "Worst variance"
    var worst: (benchmark: BenchmarkResults, point: PointResult, metric: Metric, width: Double)?
    for benchmark in context.benchmarks {
      for point in benchmark.points {
        for metric in benchmark.headline {
          let width = point.estimates[metric.id]?.summary?.relativeHalfWidth ?? -1
          if width > worst?.width ?? -0.5 { worst = (benchmark, point, metric, width) }
        }
      }
    }
    guard let worst else {
      return Finding(
        title: title, statement: "Unavailable",
        detail: "No point has the three samples that an interval needs.")
    }
    let estimate = worst.point.estimates[worst.metric.id]
    let scale = UnitScale.best(
      for: worst.metric.unit, magnitude: estimate?.summary?.median ?? 1)
    let text = EstimateText(estimate, in: scale)?.sentence ?? ""
    return Finding(
      title: title, statement: "±\(Figure.percent(worst.width))",
      detail: "The widest 95% interval of all points, relative to its median: "
        + "\(worst.metric.id) of \(worst.benchmark.name) at "
        + "\(worst.benchmark.label(of: worst.point)) (\(text)).")
  }

  // MARK: Furthest from the limit

  private var furthestFromLimit: Finding {
    let title = "Furthest from the hardware's limit"
    var furthest: (benchmark: BenchmarkResults, point: PointResult, metric: Metric, share: Double)?
    for benchmark in context.benchmarks {
      let metrics = benchmark.metrics.filter {
        $0.unit == .ratio && $0.id.contains(Self.fraction)
      }
      for point in benchmark.points {
        // A kernel is bound by the limit that it is nearest to; far from the others it must be.
        let shares = metrics.compactMap { metric in
          point.readings(of: metric.id)?.median.map { (metric: metric, share: $0) }
        }
        guard let (metric, share) = shares.max(by: { $0.share < $1.share }) else { continue }
        if share < furthest?.share ?? .infinity { furthest = (benchmark, point, metric, share) }
      }
    }
    guard let furthest else {
      return Finding(
        title: title, statement: "Unavailable",
        detail: "No fraction of a hardware limit was measured in these sweeps.")
    }
    return Finding(
      title: title, statement: Figure.percent(furthest.share),
      detail: "\(furthest.metric.id) of \(furthest.benchmark.name) at "
        + "\(furthest.benchmark.label(of: furthest.point)): the lowest of all points.")
  }
}
