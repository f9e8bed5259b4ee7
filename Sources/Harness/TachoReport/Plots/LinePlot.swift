// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Medians with their intervals along a numeric axis, one line per series.
package struct LinePlot: Sendable {
  /// A swept value at which there is nothing to draw, and why.
  package struct Gap: Sendable {
    package var x: Double
    package var note: String
  }

  package var name: String
  package var xTitle: String
  package var yTitle: String
  /// The values that were swept: ticks where they have room.
  package var sweptX: [Double]
  package var series: [PlotSeries]
  package var gaps: [Gap] = []
  /// In multiples of `unit.factor`-less raw values; panels of one figure share it.
  package var yRange: ClosedRange<Double>
  package var yIsLogarithmic = false
  package var unit: UnitScale
  package var width = 520.0
  package var height = 280.0
  /// Names at the lines' ends; panels that share a legend do without.
  package var labelsLines = true

  private struct Layout {
    let x: Scale
    let y: Scale
    let yTicks: [Double]
    let left: Double
    let right: Double
    let top: Double
    let bottom: Double
  }

  package func render() -> HTML {
    let layout = layout()
    return HTML(
      "svg",
      [
        "class": "plot", "viewBox": "0 0 \(Figure.pixel(width)) \(Figure.pixel(height))",
        "width": Figure.pixel(width), "height": Figure.pixel(height), "role": "group",
        "aria-label": name,
      ]
    ) {
      yAxis(layout)
      xAxis(layout)
      for one in series { lines(one, layout) }
      for gap in gaps { drawn(gap, layout) }
      for one in series { marks(one, layout) }
      if labelsLines, series.count > 1 { lineLabels(layout) }
    }
  }

  private func layout() -> Layout {
    let linear = Ticks.axis(for: yRange, target: height < 240 ? 5 : 6)
    let ticks = yIsLogarithmic ? Ticks.logarithmic(yRange) : linear.ticks
    let domain =
      yIsLogarithmic ? (ticks.first ?? 1)...max(ticks.last ?? 10, ticks.first ?? 1) : linear.domain
    let labelWidth = yLabels(ticks).map { TextWidth.estimate($0) }.max() ?? 20
    let left = max(34, labelWidth + 12)
    let named = labelsLines && series.count > 1
    let names = series.map { min(TextWidth.estimate($0.label), 130) + 22 }.max() ?? 0
    let right = width - (named ? names : 18)
    let top = 26.0
    let bottom = height - 40
    let swept = sweptX.sorted()
    let kind = Scale.kind(forSwept: swept)
    var low = swept.first ?? 0
    var high = swept.last ?? 1
    if low == high, kind == .linear { (low, high) = (low - 1, high + 1) }
    return Layout(
      x: Scale(kind, domain: low...high, from: left + 14, to: right - 14),
      y: Scale(yIsLogarithmic ? .logarithmic : .linear, domain: domain, from: bottom, to: top),
      yTicks: ticks, left: left, right: right, top: top, bottom: bottom)
  }

  private func yLabels(_ ticks: [Double]) -> [String] {
    let step = ticks.count > 1 ? (ticks[1] - ticks[0]) / unit.factor : 1
    return ticks.map { tick in
      yIsLogarithmic
        ? String(format: "%g", tick / unit.factor) : Figure.tick(tick / unit.factor, step: step)
    }
  }

  private func yAxis(_ layout: Layout) -> HTML {
    HTML("g", ["class": "axis", "aria-hidden": "true"]) {
      for (tick, label) in zip(layout.yTicks, yLabels(layout.yTicks)) {
        let y = layout.y.position(tick)
        HTML(
          "path",
          [
            "class": tick == 0 ? "base" : "grid",
            "d": "M\(Figure.pixel(layout.left)) \(Figure.pixel(y))H\(Figure.pixel(layout.right))",
          ])
        HTML(
          "text",
          [
            "x": Figure.pixel(layout.left - 7), "y": Figure.pixel(y + 4), "text-anchor": "end",
          ]
        ) { label }
      }
      HTML("text", ["class": "unit", "x": "0", "y": "11"]) {
        TextWidth.fitted(yTitle + (yIsLogarithmic ? ", log scale" : ""), to: width)
      }
    }
  }

  private func xAxis(_ layout: Layout) -> HTML {
    let swept = sweptX.sorted()
    let ticks: [Double] =
      switch layout.x.kind {
      case .linear where swept.count > 12: Ticks.inside(layout.x.domain, target: 7)
      case .logarithmic where swept.count > 16: Ticks.logarithmic(layout.x.domain)
      default: swept
      }
    let drawn = ticks.filter { layout.x.domain.contains($0) }
    let labels = drawn.map(sweptLabel)
    let centres = drawn.map { layout.x.position($0) }
    let shown = LabelLayout.visible(
      centres: centres, widths: labels.map { TextWidth.estimate($0) })
    let remark: String =
      switch layout.x.kind {
      case .linear: ""
      case .logarithmic: ", log scale"
      case .steps: ", equal steps"
      }
    return HTML("g", ["class": "axis", "aria-hidden": "true"]) {
      for index in drawn.indices {
        HTML(
          "path",
          [
            "class": "tick",
            "d": "M\(Figure.pixel(centres[index])) \(Figure.pixel(layout.bottom))v5",
          ])
        if shown[index] {
          HTML(
            "text",
            [
              "x": Figure.pixel(centres[index]), "y": Figure.pixel(layout.bottom + 18),
              "text-anchor": "middle",
            ]
          ) { labels[index] }
        }
      }
      HTML(
        "text",
        [
          "class": "unit", "x": Figure.pixel((layout.left + layout.right) / 2),
          "y": Figure.pixel(height - 4), "text-anchor": "middle",
        ]
      ) { TextWidth.fitted(xTitle + remark, to: layout.right - layout.left) }
    }
  }

  /// A swept value as it was written where six digits say it; large ones with an exponent.
  private func sweptLabel(_ value: Double) -> String {
    guard abs(value) < 1e9 else {
      return String(format: abs(value) < 1e15 ? "%.6g" : "%.3e", value)
    }
    return String(format: value == value.rounded() ? "%.0f" : "%g", value)
  }

  private func lines(_ one: PlotSeries, _ layout: Layout) -> HTML {
    let marks = one.marks.sorted { $0.x < $1.x }
    let path = marks.enumerated().map { index, mark in
      (index == 0 ? "M" : "L") + point(mark.x, mark.y, layout)
    }.joined()
    let banded = marks.filter { $0.interval != nil }
    let upper = banded.map { point($0.x, $0.interval?.upperBound ?? $0.y, layout) }
    let lower = banded.reversed().map { point($0.x, $0.interval?.lowerBound ?? $0.y, layout) }
    return HTML("g", ["class": "s\(one.style % PlotSeries.styles)", "aria-hidden": "true"]) {
      if banded.count > 1 {
        HTML("path", ["class": "band", "d": "M" + (upper + lower).joined(separator: "L") + "Z"])
      }
      if marks.count > 1 { HTML("path", ["class": "line", "d": path]) }
      for mark in banded { whisker(mark, layout) }
    }
  }

  private func whisker(_ mark: PlotSeries.Mark, _ layout: Layout) -> HTML? {
    guard let interval = mark.interval else { return nil }
    let x = layout.x.position(mark.x)
    let high = Figure.pixel(layout.y.position(interval.upperBound))
    let low = Figure.pixel(layout.y.position(interval.lowerBound))
    let start = Figure.pixel(x - 4)
    return HTML(
      "path",
      [
        "class": "whisker",
        "d": "M\(start) \(high)h8M\(Figure.pixel(x)) \(high)V\(low)M\(start) \(low)h8",
      ])
  }

  private func marks(_ one: PlotSeries, _ layout: Layout) -> HTML {
    HTML("g", ["class": "s\(one.style % PlotSeries.styles)"]) {
      for mark in one.marks {
        HTML("g", ["class": "point", "tabindex": "0", "role": "img"]) {
          HTML("title") { mark.note }
          HTML(
            "path",
            [
              "class": "mark",
              "d": Marker.path(
                style: one.style, x: layout.x.position(mark.x), y: layout.y.position(mark.y)),
            ])
        }
      }
    }
  }

  /// A cross on the base line: something was tried here and there is no value.
  private func drawn(_ gap: Gap, _ layout: Layout) -> HTML {
    let x = layout.x.position(gap.x)
    let y = layout.bottom - 7
    let start = "M\(Figure.pixel(x - 4)) \(Figure.pixel(y - 4))l8 8"
    return HTML("g", ["class": "point gap", "tabindex": "0", "role": "img"]) {
      HTML("title") { gap.note }
      HTML("path", ["d": start + "M\(Figure.pixel(x - 4)) \(Figure.pixel(y + 4))l8 -8"])
    }
  }

  private func lineLabels(_ layout: Layout) -> HTML {
    let ends = series.compactMap { one in one.marks.max { $0.x < $1.x }.map { (one, $0) } }
    let wanted = ends.map { layout.y.position($0.1.y) }
    let placed = LabelLayout.spread(wanted, gap: 15, within: layout.top...layout.bottom)
    return HTML("g", ["class": "names", "aria-hidden": "true"]) {
      for (index, end) in ends.enumerated() {
        let x = layout.x.position(end.1.x) + 7
        HTML(
          "path",
          [
            "class": "leader",
            "d": "M\(Figure.pixel(x)) \(Figure.pixel(wanted[index]))"
              + "L\(Figure.pixel(layout.right + 2)) \(Figure.pixel(placed[index]))",
          ])
        HTML(
          "text", ["x": Figure.pixel(layout.right + 6), "y": Figure.pixel(placed[index] + 4)]
        ) { TextWidth.fitted(end.0.label, to: 130) }
      }
    }
  }

  private func point(_ x: Double, _ y: Double, _ layout: Layout) -> String {
    Figure.pixel(layout.x.position(x)) + " " + Figure.pixel(layout.y.position(y))
  }
}
