// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// The raw samples of each point in the order they were taken, warm-up and flagged ones marked.
package enum SamplesSection: ReportSection {
  package static let title = "Samples"
  private static let pointLimit = 200
  private static let dotLimit = 400

  package static func render(_ context: ReportContext) -> HTML? {
    let strips = context.benchmarks.flatMap { benchmark in
      benchmark.points.compactMap { point in strip(of: point, in: benchmark) }
    }
    guard !strips.isEmpty else { return nil }
    let shown = widest(strips)
    return HTML("details", ["open": strips.count <= 60 ? "open" : nil]) {
      HTML("summary") { "Every sample, point by point (\(shown.count) of \(strips.count))" }
      HTML("p", ["class": "quiet"]) {
        "In the order taken. Hollow: warm-up, not counted. Crossed: flagged as possibly disturbed,"
          + " counted only where too few others were to be had. Line and band: median and its 95% interval. Each strip has its own scale;"
          + " its range is written beside it."
        if shown.count < strips.count {
          " Only the \(shown.count) points whose samples vary most are drawn."
        }
      }
      HTML("div", ["class": "strips"]) {
        for strip in shown { drawn(strip) }
      }
    }
  }

  private struct Strip {
    let benchmark: String
    let label: String
    let metric: Metric
    let dots: [StripPlot.Dot]
    let estimate: Estimate?
    let total: Int

    /// Range over median: what is worth looking at.
    var spread: Double {
      guard let summary = estimate?.summary, summary.median != 0 else { return 0 }
      return (summary.maximum - summary.minimum) / abs(summary.median)
    }
  }

  /// All strips, or in the same order those whose samples vary most.
  private static func widest(_ strips: [Strip]) -> [Strip] {
    guard strips.count > pointLimit else { return strips }
    let chosen = strips.indices.sorted { strips[$0].spread > strips[$1].spread }.prefix(pointLimit)
    return chosen.sorted().map { strips[$0] }
  }

  /// Of the first headline metric that the point has values of; nil without any.
  private static func strip(of point: PointResult, in benchmark: BenchmarkResults) -> Strip? {
    for metric in benchmark.headline {
      let dots = dots(of: point, metric.id)
      guard !dots.isEmpty else { continue }
      return Strip(
        benchmark: benchmark.name, label: benchmark.label(of: point), metric: metric,
        dots: thinned(dots), estimate: point.estimates[metric.id], total: dots.count)
    }
    return nil
  }

  private static func dots(of point: PointResult, _ metric: String) -> [StripPlot.Dot] {
    point.runs.enumerated().flatMap { launch, run in
      run.samples.compactMap { sample -> StripPlot.Dot? in
        let reading = sample.measurements.first { $0.metric.id == metric }?.reading
        guard let value = reading?.number, value.isFinite else { return nil }
        return StripPlot.Dot(
          value: value, warmup: sample.warmup, flagged: sample.flag != nil, launch: launch)
      }
    }
  }

  /// Evenly chosen dots of a long run; flagged ones and the extremes always stay.
  private static func thinned(_ dots: [StripPlot.Dot]) -> [StripPlot.Dot] {
    guard dots.count > dotLimit else { return dots }
    let stride = (dots.count + dotLimit - 1) / dotLimit
    let low = dots.map(\.value).min()
    let high = dots.map(\.value).max()
    return dots.enumerated().filter { index, dot in
      index % stride == 0 || dot.value == low || dot.value == high
        || (dot.flagged && dots.count < dotLimit * 10)
    }.map(\.element)
  }

  private static func drawn(_ strip: Strip) -> HTML {
    let values = strip.dots.map(\.value)
    let scale = UnitScale.best(for: strip.metric.unit, values: values)
    let low = (values.min() ?? 0) / scale.factor
    let high = (values.max() ?? 0) / scale.factor
    let decimals = Figure.decimals(of: high, uncertainty: (high - low) / 2)
    let text = EstimateText(strip.estimate, in: scale)
    let range =
      "\(Figure.text(low, decimals: decimals)) to \(Figure.text(high, decimals: decimals)) "
      + scale.symbol
    let plot = StripPlot(
      name: strip.label, note: text?.sentence ?? "no counted samples", dots: strip.dots,
      median: strip.estimate?.summary?.median, interval: strip.estimate?.summary?.interval)
    return HTML("div", ["class": "strip-row"]) {
      HTML("div", ["class": "strip-name"]) {
        HTML("span") { strip.label }
        HTML("span", ["class": "quiet"]) { strip.benchmark + " · " + strip.metric.id }
      }
      plot.render()
      HTML("div", ["class": "strip-range quiet"]) {
        range
        HTML("br")
        counts(strip)
      }
    }
  }

  private static func counts(_ strip: Strip) -> String {
    let warmup = strip.dots.count { $0.warmup }
    let flagged = strip.dots.count { $0.flagged }
    var parts = [Plural.of(strip.total, "sample")]
    if strip.total > strip.dots.count { parts.append("\(strip.dots.count) drawn") }
    if warmup > 0 { parts.append("\(warmup) warm-up") }
    if flagged > 0 { parts.append("\(flagged) flagged") }
    return parts.joined(separator: ", ")
  }
}
