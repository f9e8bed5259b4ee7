// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// The figures of one metric of one benchmark: one per swept axis.
struct BenchmarkCharts {
  let benchmark: BenchmarkResults
  let metric: Metric
  private let scale: UnitScale
  private let range: ClosedRange<Double>
  private let isLogarithmic: Bool
  private let points: [PointResult]

  init(_ benchmark: BenchmarkResults, _ metric: Metric) {
    self.benchmark = benchmark
    self.metric = metric
    // A point without any reading failed for every metric; one with other readings is not of this metric.
    points = benchmark.points.filter {
      $0.estimates[metric.id]?.summary != nil
        || ($0.readings.isEmpty && $0.status.outcome == .failed)
    }
    let bounds = points.compactMap { $0.estimates[metric.id]?.bounds }
    let low = bounds.map(\.lowerBound).min() ?? 0
    let high = max(bounds.map(\.upperBound).max() ?? 1, low)
    isLogarithmic = low > 0 && high / low >= 50
    range = isLogarithmic ? low...high : min(low, 0)...max(high, 0)
    scale = UnitScale.best(for: metric.unit, magnitude: max(abs(low), abs(high)))
  }

  /// One figure per axis that varies; axes that say the same as an earlier one are left out.
  @HTMLBuilder
  func render() -> HTML {
    let valued = points.filter { $0.estimates[metric.id]?.summary != nil }
    if !valued.isEmpty {
      let axes = benchmark.axes.indices.filter { axis in
        !benchmark.axes.indices.prefix(axis).contains {
          ChartGrouping.mirrors($0, axis, points)
        }
      }
      let groupings = axes.compactMap { ChartGrouping(of: points, along: $0, in: benchmark) }
      if groupings.isEmpty {
        single(valued)
      }
      for grouping in groupings { figure(grouping) }
    }
  }

  /// Nothing was swept: the number itself.
  @HTMLBuilder
  private func single(_ valued: [PointResult]) -> HTML {
    for point in valued.prefix(4) {
      if let text = EstimateText(point.estimates[metric.id], in: scale) {
        HTML("p", ["class": "single"]) {
          HTML("span", ["class": "big"]) { text.median }
          HTML("span", ["class": "big-unit"]) { scale.symbol }
          HTML("span", ["class": "quiet"]) { "\(metric.id): \(text.sentence)" }
        }
      }
    }
  }

  private func figure(_ grouping: ChartGrouping) -> HTML {
    let axis = benchmark.axes[grouping.axis]
    let several = grouping.panels.count > 1
    return HTML("figure") {
      HTML("figcaption") {
        HTML("strong") { metric.id }
        " by "
        HTML("strong") { axis.path }
        if !grouping.seriesPaths.isEmpty {
          ", for each "
          HTML("strong") { grouping.seriesPaths.joined(separator: " and ") }
        }
        HTML("span", ["class": "quiet"]) { remarks(grouping) }
      }
      // Lines of a single panel and bars carry their names.
      if several, axis.numbers != nil, grouping.legend.count > 1 {
        legend(grouping)
      }
      HTML("div", ["class": several ? "panels" : "panel"]) {
        for panel in grouping.panels {
          HTML("div") {
            if several {
              HTML("p", ["class": "panel-title"]) { panel.label }
            }
            if axis.numbers == nil {
              bars(panel, axis: grouping.axis, width: several ? 340 : 680)
            } else {
              lines(panel, axis: grouping.axis, isSmall: several)
            }
          }
        }
      }
    }
  }

  private func remarks(_ grouping: ChartGrouping) -> String {
    let direction: String =
      switch metric.better {
      case .higher: " Higher is better."
      case .lower: " Lower is better."
      case .neither: ""
      }
    return direction + " Medians with 95% intervals." + (grouping.omission.map { " " + $0 } ?? "")
  }

  private func legend(_ grouping: ChartGrouping) -> HTML {
    HTML("ul", ["class": "legend"]) {
      for one in grouping.legend {
        HTML("li") {
          Marker.swatch(style: one.style)
          one.label
        }
      }
    }
  }

  private func lines(_ panel: ChartGrouping.Panel, axis: Int, isSmall: Bool) -> HTML {
    let axisValues = benchmark.axes[axis]
    let series = panel.series.map { one in
      PlotSeries(
        label: one.label, style: one.style,
        marks: one.points.compactMap { point in mark(point, axis: axis, series: one.label) })
    }
    let gaps = panel.series.flatMap { one in
      one.points.compactMap { gap($0, axis: axis, series: one.label) }
    }
    let swept = Set(
      points.compactMap { point in axisValues.number(point.levels[axis]) })
    var plot = LinePlot(
      name: "\(metric.id) by \(axisValues.path) \(panel.label)", xTitle: axisValues.path,
      yTitle: scale.symbol.isEmpty ? metric.id : scale.symbol, sweptX: swept.sorted(),
      series: series, yRange: range, unit: scale)
    plot.gaps = gaps
    plot.yIsLogarithmic = isLogarithmic
    if isSmall {
      plot.width = 340
      plot.height = 220
      plot.labelsLines = false
    }
    return plot.render()
  }

  private func mark(_ point: PointResult, axis: Int, series: String) -> PlotSeries.Mark? {
    guard let estimate = point.estimates[metric.id], let summary = estimate.summary,
      let x = benchmark.axes[axis].number(point.levels[axis])
    else { return nil }
    return PlotSeries.Mark(
      x: x, y: summary.median, interval: estimate.summary?.interval, note: note(point))
  }

  private func gap(_ point: PointResult, axis: Int, series: String) -> LinePlot.Gap? {
    guard point.estimates[metric.id]?.summary == nil,
      let x = benchmark.axes[axis].number(point.levels[axis])
    else { return nil }
    return LinePlot.Gap(x: x, note: note(point))
  }

  private func bars(_ panel: ChartGrouping.Panel, axis: Int, width: Double) -> HTML {
    let axisValues = benchmark.axes[axis]
    let named = panel.series.count > 1
    let groups = axisValues.values.indices.compactMap { level -> BarPlot.Group? in
      let bars = panel.series.flatMap { one in
        one.points.filter { $0.levels[axis] == level }.map { bar($0, one, isNamed: named) }
      }
      return bars.isEmpty ? nil : BarPlot.Group(label: axisValues.text(level), bars: bars)
    }
    return BarPlot(
      name: "\(metric.id) by \(axisValues.path) \(panel.label)",
      xTitle: scale.symbol.isEmpty ? metric.id : scale.symbol, groups: Array(groups.prefix(40)),
      range: range, unit: scale, width: width
    ).render()
  }

  private func bar(
    _ point: PointResult, _ series: ChartGrouping.Series, isNamed: Bool
  ) -> BarPlot.Bar {
    let estimate = point.estimates[metric.id]
    return BarPlot.Bar(
      label: isNamed ? series.label : "", style: series.style, value: estimate?.summary?.median,
      interval: estimate?.summary?.interval,
      text: EstimateText(estimate, in: scale)?.median ?? point.status.words, note: note(point))
  }

  private func note(_ point: PointResult) -> String {
    let label = benchmark.label(of: point)
    if let text = EstimateText(point.estimates[metric.id], in: scale) {
      return "\(label): \(text.sentence)" + (point.isSynthetic ? ", synthetic weights" : "")
    }
    return "\(label): \(point.status.words)" + (point.reason.map { ", \($0)" } ?? "")
  }
}
