// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// Launch and queue time of a benchmark along its first numeric axis, one line per other setting, and
/// where it begins to grow with it.
struct LaunchCurve {
  private let benchmark: BenchmarkResults
  private let axis: ReportAxis
  private let series: [PlotSeries]

  /// Nil where no launches were recorded, or fewer than three values were swept.
  init?(_ benchmark: BenchmarkResults) {
    guard
      let place = benchmark.axes.firstIndex(where: { ($0.numbers?.count ?? 0) >= 3 })
    else { return nil }
    let axis = benchmark.axes[place]
    var order: [String] = []
    var marks: [String: [PlotSeries.Mark]] = [:]
    for point in benchmark.points {
      guard let x = axis.number(point.levels[place]),
        let readings = point.readings(of: LaunchTKLQT.metric.id),
        let summary = Estimate(readings).summary
      else { continue }
      let others = benchmark.axes.indices.filter { $0 != place }.compactMap { index in
        point.levels[index].map {
          "\(benchmark.axes[index].path)=\(benchmark.axes[index].text($0))"
        }
      }
      let label = others.isEmpty ? benchmark.name : others.joined(separator: ", ")
      if marks[label] == nil { order.append(label) }
      let unit = UnitScale.best(for: .seconds, magnitude: summary.median)
      marks[label, default: []].append(
        PlotSeries.Mark(
          x: x, y: summary.median, interval: summary.interval,
          note: "\(axis.path)=\(axis.text(point.levels[place])), \(label): "
            + "\(Figure.text(summary.median / unit.factor)) \(unit.symbol) launch and queue time"))
    }
    guard marks.values.contains(where: { $0.count >= 3 }) else { return nil }
    self.benchmark = benchmark
    self.axis = axis
    series = order.enumerated().map { index, label in
      PlotSeries(label: label, style: index, marks: marks[label] ?? [])
    }
  }

  /// What the lines say, a sentence each.
  var sentences: [String] {
    series.map { one in
      let name = series.count > 1 ? "\(one.label): " : ""
      guard let bend = Inflection(one.marks.map { ($0.x, $0.y) }) else {
        return name + "No inflection: one power law describes launch and queue time as well as two."
      }
      return name
        + "Launch and queue time bends at \(axis.path) \(Figure.text(bend.at)): it grows as "
        + "the power \(Figure.text(bend.slopeBefore, decimals: 2)) of it before and "
        + "\(Figure.text(bend.slopeAfter, decimals: 2)) after."
    }
  }

  func render() -> HTML {
    let marks = series.flatMap(\.marks)
    let ends = marks.flatMap {
      [$0.y, $0.interval?.lowerBound ?? $0.y, $0.interval?.upperBound ?? $0.y]
    }
    let unit = UnitScale.best(for: .seconds, values: marks.map(\.y))
    let plot = LinePlot(
      name: "Launch and queue time, \(benchmark.name)", xTitle: axis.path,
      yTitle: "TKLQT per step, \(unit.symbol)", sweptX: axis.numbers ?? [], series: series,
      yRange: min(0, ends.min() ?? 0)...max(ends.max() ?? 1, 1e-12), unit: unit, width: 720)
    return HTML("div", ["class": "table-block"]) {
      HTML("h3") { "Launch and queue time, \(benchmark.name)" }
      HTML("p") {
        "Total kernel launch and queue time (TKLQT) of a step: from the host's decision until every "
          + "worker has started, and the host's time between launches."
      }
      plot.render()
      for sentence in sentences { HTML("p") { sentence } }
    }
  }
}
