// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis

/// One series over its builds: values with intervals, the level between changes, a line at each change.
package struct HistoryPlot: Sendable {
  package var figures: HistoryFigures
  package var width = 720.0
  package var height = 210.0

  private var values: [HistorySeries.Value] { figures.series.values }
  private var changes: [Int] { figures.result.suspicions.map(\.point.index) }

  /// What the axis counts from: the reference itself, or the middle of the first level.
  private var base: Double {
    if case .reference = figures.series.basis { return 0 }
    return Summary.median(of: values.prefix(changes.first ?? values.count).map(\.value)) ?? 0
  }

  package func render() -> HTML {
    let base = base
    let shifts = values.map { expm1($0.value - base) }
    let range = range(of: shifts, base)
    let axis = Ticks.axis(for: range, target: 5)
    let labels = axis.ticks.map { $0 == 0 ? "0" : ($0 > 0 ? "+" : "") + Figure.percent($0) }
    let left = max(34, (labels.map { TextWidth.estimate($0) }.max() ?? 20) + 12)
    let x = Scale(
      .linear, domain: 0...Double(max(values.count - 1, 1)), from: left + 12, to: width - 24)
    let y = Scale(.linear, domain: axis.domain, from: height - 40, to: 26)
    return HTML(
      "svg",
      [
        "class": "plot", "viewBox": "0 0 \(Figure.pixel(width)) \(Figure.pixel(height))",
        "width": Figure.pixel(width), "height": Figure.pixel(height), "role": "group",
        "aria-label": "\(figures.series.name), \(figures.metric), over builds",
      ]
    ) {
      drawnAxes(x, y, ticks: axis.ticks, labels: labels, left: left)
      HTML("g", ["class": "s0", "aria-hidden": "true"]) {
        HTML("path", ["class": "whisker", "d": whiskers(x, y, base)])
        HTML("path", ["class": "line", "d": levels(x, y, base)])
      }
      HTML("g", ["class": "gap", "aria-hidden": "true"]) {
        HTML("path", ["d": changeLines(x)])
      }
      HTML("g", ["class": "s0"]) {
        for index in values.indices { mark(index, shift: shifts[index], x, y, base) }
      }
    }
  }

  /// Of values and intervals, without what lies far beyond the rest.
  private func range(of shifts: [Double], _ base: Double) -> ClosedRange<Double> {
    let ends = values.compactMap(\.interval).flatMap {
      [expm1($0.lowerBound - base), expm1($0.upperBound - base)]
    }
    let all = shifts + ends
    // Intervals may be wide on a bad day: never more than thrice the spread of the values.
    let low = shifts.min() ?? 0
    let high = shifts.max() ?? 0
    let room = max(high - low, 0.002)
    return max(all.min() ?? 0, low - room)...min(all.max() ?? 0, high + room)
  }

  private func drawnAxes(
    _ x: Scale, _ y: Scale, ticks: [Double], labels: [String], left: Double
  ) -> HTML {
    let names = values.map(\.build.name)
    let step = max(1, (values.count + 7) / 8)
    let shown = values.indices.filter { $0 % step == 0 }
    let visible = LabelLayout.visible(
      centres: shown.map { x.position(Double($0)) },
      widths: shown.map { TextWidth.estimate(names[$0]) + 4 })
    return HTML("g", ["class": "axis", "aria-hidden": "true"]) {
      for (tick, label) in zip(ticks, labels) {
        HTML(
          "path",
          [
            "class": tick == 0 ? "base" : "grid",
            "d":
              "M\(Figure.pixel(left)) \(Figure.pixel(y.position(tick)))H\(Figure.pixel(width - 12))",
          ])
        HTML(
          "text",
          [
            "x": Figure.pixel(left - 7), "y": Figure.pixel(y.position(tick) + 4),
            "text-anchor": "end",
          ]
        ) { label }
      }
      HTML("text", ["class": "unit", "x": "0", "y": "11"]) {
        TextWidth.fitted("\(figures.metric), \(baseName)", to: width)
      }
      for (place, index) in shown.enumerated() where visible[place] {
        HTML(
          "text",
          [
            "x": Figure.pixel(x.position(Double(index))), "y": Figure.pixel(height - 22),
            "text-anchor": "middle",
          ]
        ) { names[index] }
      }
      HTML(
        "text",
        [
          "class": "unit", "x": Figure.pixel((left + width - 12) / 2),
          "y": Figure.pixel(height - 4), "text-anchor": "middle",
        ]
      ) { "build" }
    }
  }

  private var baseName: String {
    if case .reference(let name) = figures.series.basis { return "against \(name)" }
    return changes.isEmpty ? "against the median" : "against the median before the first change"
  }

  private func whiskers(_ x: Scale, _ y: Scale, _ base: Double) -> String {
    values.enumerated().map { index, value in
      guard let interval = value.interval else { return "" }
      let low = Figure.pixel(y.position(expm1(interval.lowerBound - base)))
      let high = Figure.pixel(y.position(expm1(interval.upperBound - base)))
      return "M\(Figure.pixel(x.position(Double(index)))) \(low)V\(high)"
    }.joined()
  }

  /// The median of each stretch between changes.
  private func levels(_ x: Scale, _ y: Scale, _ base: Double) -> String {
    let bounds = [0] + changes + [values.count]
    return zip(bounds, bounds.dropFirst()).map { start, end in
      let median = Summary.median(of: values[start..<end].map(\.value)) ?? base
      let from = Figure.pixel(x.position(Double(start) - (start == 0 ? 0 : 0.5)))
      let to = Figure.pixel(x.position(Double(end) - (end == values.count ? 1 : 0.5)))
      return "M\(from) \(Figure.pixel(y.position(expm1(median - base))))H\(to)"
    }.joined()
  }

  private func changeLines(_ x: Scale) -> String {
    changes.map { index in
      "M\(Figure.pixel(x.position(Double(index) - 0.5))) 20V\(Figure.pixel(height - 40))"
    }.joined()
  }

  private func mark(
    _ index: Int, shift: Double, _ x: Scale, _ y: Scale, _ base: Double
  ) -> HTML {
    let value = values[index]
    let interval = value.interval.map { ($0.lowerBound - base)...($0.upperBound - base) }
    let change = figures.result.suspicions.first { $0.point.index == index }.map {
      "; suspicion " + figures.sentence($0.point, p: $0.p)
    }
    return HTML("g", ["class": "point", "tabindex": "0", "role": "img"]) {
      HTML("title") {
        "\(value.build.name)\(value.date.map { ", \($0)" } ?? ""): "
          + HistoryFigures.shift(value.value - base, interval) + (change ?? "")
      }
      HTML(
        "path",
        [
          "class": "mark",
          "d": Marker.path(
            style: 0, x: x.position(Double(index)), y: y.position(shift),
            radius: values.count > 80 ? 2.5 : 3.5),
        ])
    }
  }
}
