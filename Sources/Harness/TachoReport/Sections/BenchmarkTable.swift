// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// The table of one benchmark: a row for every point and headline metric, failures included.
struct BenchmarkTable {
  let benchmark: BenchmarkResults
  private let scales: [String: UnitScale]
  /// What a headline metric reached of a limit of the hardware, where that was measured.
  private let fractions: [String: Metric]
  private let hasBounds: Bool
  private let hasNoise: Bool

  init(_ benchmark: BenchmarkResults) {
    self.benchmark = benchmark
    hasBounds = benchmark.points.contains { $0.bound != nil }
    hasNoise = benchmark.points.contains { $0.noise != nil }
    scales = Dictionary(
      uniqueKeysWithValues: benchmark.headline.map { metric in
        let medians = benchmark.points.compactMap { $0.estimates[metric.id]?.summary?.median }
        return (metric.id, UnitScale.best(for: metric.unit, values: medians))
      })
    fractions = benchmark.headline.reduce(into: [:]) { fractions, metric in
      let area = metric.id.prefix { $0 != "/" }
      let known = LimitFraction.all.filter { $0.rate.id == metric.id }.map(\.metric.id)
      // Those of this very rate, then what a foreign worker calls a fraction of its area.
      let foreign = benchmark.metrics.map(\.id).filter { id in
        id.hasPrefix(area + Findings.fraction) && !LimitFraction.all.contains { $0.metric.id == id }
      }
      fractions[metric.id] = (known + foreign).lazy
        .compactMap { id in benchmark.metrics.first { $0.id == id } }
        .first { other in
          benchmark.points.contains { $0.readings(of: other.id)?.median != nil }
        }
    }
  }

  func render() -> HTML {
    let unit = commonUnit
    return HTML(
      "div",
      [
        "class": "scroll", "tabindex": "0", "role": "region",
        "aria-label": "Table of \(benchmark.name)",
      ]
    ) {
      HTML("table", ["class": "points"]) {
        HTML("thead") {
          HTML("tr") {
            for axis in benchmark.axes {
              HTML("th", ["scope": "col", "class": axis.numbers == nil ? nil : "num"]) {
                axis.path
              }
            }
            if benchmark.headline.count > 1 {
              HTML("th", ["scope": "col"]) { "metric" }
            }
            number("median" + unit, "median")
            number("95% from", "95% low")
            number("to", "95% high")
            number("sd", "sd")
            number("n", "n")
            if !fractions.isEmpty {
              number(fractionName.replacing("-", with: " "), fractionName)
            }
            if hasBounds { HTML("th", ["scope": "col"]) { "bound" } }
            if hasNoise { number("detectable", "detectable") }
            HTML("th", ["scope": "col"]) { "status" }
          }
        }
        HTML("tbody") {
          for point in benchmark.points { rows(of: point) }
        }
      }
    }
  }

  /// The unit when all headline metrics share one; else each row names its own.
  private var commonUnit: String {
    let symbols = Set(scales.values.map(\.symbol))
    guard symbols.count == 1, let symbol = symbols.first, !symbol.isEmpty else { return "" }
    return ", " + symbol
  }

  /// `of-read-bandwidth`, or what several fractions have in common.
  private var fractionName: String {
    let names = Set(
      fractions.values.compactMap { $0.id.split(separator: Findings.fraction).last })
    return names.count == 1 ? "of-" + (names.first ?? "") : "of-limit"
  }

  private func number(_ text: String, _ name: String) -> HTML {
    HTML("th", ["scope": "col", "class": "num", "data-name": name]) { text }
  }

  @HTMLBuilder
  private func rows(of point: PointResult) -> HTML {
    let metrics = benchmark.headline.filter { point.estimates[$0.id] != nil }
    if metrics.isEmpty {
      row(point, nil)
    } else {
      for metric in metrics { row(point, metric) }
    }
  }

  private func row(_ point: PointResult, _ metric: Metric?) -> HTML {
    let estimate = metric.flatMap { point.estimates[$0.id] }
    let scale = metric.flatMap { scales[$0.id] }
    let text = scale.flatMap { EstimateText(estimate, in: $0) }
    let summary = estimate?.summary
    let failed = point.status.outcome != .completed
    return HTML("tr", ["class": failed ? "failed" : nil]) {
      for (axis, level) in zip(benchmark.axes, point.levels) {
        HTML(
          "td",
          [
            "class": axis.numbers == nil ? Self.width(of: axis.text(level)) : "num",
            "data-value": axis.number(level).map { "\($0)" },
          ]
        ) { axis.text(level) }
      }
      if benchmark.headline.count > 1 {
        HTML("td", ["class": "short"]) { metric.map { name(of: $0) } ?? "–" }
      }
      cell(text?.median, summary?.median, isMain: true)
      cell(text?.low, summary?.interval?.lowerBound)
      cell(text?.high, summary?.interval?.upperBound)
      cell(text?.deviation, summary?.standardDeviation)
      cell(text.map { String($0.count) }, summary.map { Double($0.count) })
      if !fractions.isEmpty {
        let fraction = metric.flatMap { fractions[$0.id] }
        let share = fraction.flatMap { point.readings(of: $0.id) }.flatMap { Estimate($0).summary }
        let interval = share?.interval.map {
          "95% interval \(Figure.percent($0.lowerBound)) to \(Figure.percent($0.upperBound))"
        }
        HTML(
          "td",
          ["class": "num", "title": interval, "data-value": share.map { "\($0.median)" } ?? ""]
        ) { share.map { Figure.percent($0.median) } ?? "–" }
      }
      if hasBounds {
        HTML("td", ["class": "short", "title": point.bound?.intensity.map(Self.intensity)]) {
          point.bound?.bound.rawValue ?? "–"
        }
      }
      if hasNoise { detectable(point.noise) }
      HTML("td", ["class": "status"]) { status(point, estimate) }
    }
  }

  private static func intensity(_ value: Double) -> String {
    "\(Figure.text(value)) operations per byte"
  }

  /// The change that launch pairs find at this point, and from what that is known.
  private func detectable(_ noise: PointNoise?) -> HTML {
    let value = noise?.detectable.sign.number
    let title = noise.map { noise in
      "\(noise.detectable.pairs) pairs, power \(noise.detectable.power) at level "
        + "\(noise.detectable.alpha); calibrated with \(noise.pairs) pairs, statistic "
        + "\(noise.statistic.rawValue), spread \(Figure.percent(noise.robust))"
        + (noise.floor.map { ", noise floor \(Figure.percent($0.relative))" } ?? "")
    }
    return HTML(
      "td", ["class": "num", "title": title, "data-value": value.map { "\($0)" } ?? ""]
    ) { value.map { Figure.percent($0) } ?? "–" }
  }

  /// Short words stay on one line; long names may be broken anywhere.
  static func width(of text: String) -> String {
    text.unicodeScalars.count <= 36 ? "short" : "long"
  }

  private func name(of metric: Metric) -> String {
    guard commonUnit.isEmpty, let symbol = scales[metric.id]?.symbol, !symbol.isEmpty else {
      return metric.id
    }
    return "\(metric.id), \(symbol)"
  }

  private func cell(_ text: String?, _ value: Double?, isMain: Bool = false) -> HTML {
    HTML(
      "td", ["class": isMain ? "num main" : "num", "data-value": value.map { "\($0)" } ?? ""]
    ) { text ?? "–" }
  }

  @HTMLBuilder
  private func status(_ point: PointResult, _ estimate: Estimate?) -> HTML {
    let isCompleted = point.status.outcome == .completed
    HTML(
      "span",
      [
        "class": "state " + Self.className(point.status),
        // Which rule ended a measurement is worth knowing, but not a line of every row.
        "title": isCompleted ? point.reason : nil,
      ]
    ) { point.status.words }
    if !isCompleted, let reason = point.reason, !reason.isEmpty {
      HTML("span", ["class": "reason"]) { ": " + reason }
    }
    if let remark = estimate?.remark {
      HTML("span", ["class": "reason"]) { "; " + remark }
    }
    if point.isPeer {
      " "
      HTML("span", ["class": "badge"]) { point.peerEngine ?? "peer" }
    }
    if point.isSynthetic {
      " "
      HTML("span", ["class": "badge"]) { "synthetic" }
    }
    if point.runs.count > 1 {
      " "
      HTML("span", ["class": "badge"]) { "\(point.runs.count) processes" }
    }
    if point.flaggedSamples > 0 {
      " "
      HTML("span", ["class": "badge warn"]) {
        "\(point.flaggedSamples) flagged"
          + (point.flaggedAndCounted > 0 ? " and counted" : ", left out")
      }
    }
  }

  static func className(_ status: RunStatus) -> String {
    switch status.outcome {
    case .completed: "ok"
    case .failed: "bad"
    case .skipped, .unfinished: "open"
    }
  }
}
