// SPDX-License-Identifier: Apache-2.0

/// Medians with their intervals for named values, as horizontal bars from zero in groups.
package struct BarPlot: Sendable {
  package struct Bar: Sendable {
    /// The name of the bar within its group; empty when the group has one bar.
    package var label: String
    package var style: Int
    /// Nil where there is no value; the note says why.
    package var value: Double?
    package var interval: ClosedRange<Double>?
    package var text: String
    package var note: String
  }

  package struct Group: Sendable {
    package var label: String
    package var bars: [Bar]
  }

  package var name: String
  package var xTitle: String
  package var groups: [Group]
  package var range: ClosedRange<Double>
  package var unit: UnitScale
  package var width = 660.0

  private static let barHeight = 17.0
  private static let groupGap = 10.0
  private static let top = 8.0

  private struct Layout {
    let scale: Scale
    let ticks: [Double]
    let groupWidth: Double
    let barWidth: Double
    let bottom: Double
  }

  package func render() -> HTML {
    let layout = layout()
    let height = layout.bottom + 40
    return HTML(
      "svg",
      [
        "class": "plot", "viewBox": "0 0 \(Figure.pixel(width)) \(Figure.pixel(height))",
        "width": Figure.pixel(width), "height": Figure.pixel(height), "role": "group",
        "aria-label": name,
      ]
    ) {
      axis(layout, height)
      for (index, group) in groups.enumerated() {
        drawn(group, from: top(of: index), layout)
      }
    }
  }

  private func top(of index: Int) -> Double {
    groups.prefix(index).reduce(Self.top) {
      $0 + Double($1.bars.count) * Self.barHeight + Self.groupGap
    }
  }

  private func layout() -> Layout {
    let bars = groups.flatMap(\.bars)
    let share = width * 0.28
    let groupWidth = min(groups.map { TextWidth.estimate($0.label) }.max() ?? 0, share) + 10
    let names = bars.map { TextWidth.estimate($0.label, size: 11) }.max() ?? 0
    let barWidth = names > 0 ? min(names, share) + 10 : 0
    let values = bars.map { TextWidth.estimate($0.text, size: 11) }.max() ?? 0
    let ticks = Ticks.covering(min(range.lowerBound, 0)...max(range.upperBound, 0), target: 5)
    let left = groupWidth + barWidth
    let right = max(width - min(values, share) - 16, left + 60)
    let scale = Scale(
      .linear, domain: (ticks.first ?? 0)...max(ticks.last ?? 1, ticks.first ?? 0), from: left,
      to: right)
    return Layout(
      scale: scale, ticks: ticks, groupWidth: groupWidth, barWidth: barWidth,
      bottom: top(of: groups.count))
  }

  private func axis(_ layout: Layout, _ height: Double) -> HTML {
    let step = layout.ticks.count > 1 ? (layout.ticks[1] - layout.ticks[0]) / unit.factor : 1
    let labels = layout.ticks.map { Figure.tick($0 / unit.factor, step: step) }
    let centres = layout.ticks.map { layout.scale.position($0) }
    let shown = LabelLayout.visible(
      centres: centres, widths: labels.map { TextWidth.estimate($0) })
    return HTML("g", ["class": "axis", "aria-hidden": "true"]) {
      for index in centres.indices {
        HTML(
          "path",
          [
            "class": layout.ticks[index] == 0 ? "base" : "grid",
            "d": "M\(Figure.pixel(centres[index])) \(Figure.pixel(Self.top - 4))V"
              + Figure.pixel(layout.bottom),
          ])
        if shown[index] {
          HTML(
            "text",
            [
              "x": Figure.pixel(centres[index]), "y": Figure.pixel(layout.bottom + 15),
              "text-anchor": "middle",
            ]
          ) { labels[index] }
        }
      }
      HTML(
        "text",
        [
          "class": "unit",
          "x": Figure.pixel((layout.scale.pixels.from + layout.scale.pixels.to) / 2),
          "y": Figure.pixel(height - 6), "text-anchor": "middle",
        ]
      ) { TextWidth.fitted(xTitle, to: width * 0.7) }
    }
  }

  private func drawn(_ group: Group, from top: Double, _ layout: Layout) -> HTML {
    let middle = top + Double(group.bars.count) * Self.barHeight / 2
    return HTML("g") {
      HTML(
        "text",
        [
          "class": "group", "x": Figure.pixel(layout.groupWidth - 8),
          "y": Figure.pixel(middle + 4), "text-anchor": "end",
        ]
      ) { TextWidth.fitted(group.label, to: layout.groupWidth - 8) }
      for (index, bar) in group.bars.enumerated() {
        drawn(bar, from: top + Double(index) * Self.barHeight, layout)
      }
    }
  }

  private func drawn(_ bar: Bar, from top: Double, _ layout: Layout) -> HTML {
    let zero = layout.scale.position(0)
    let end = bar.value.map { layout.scale.position($0) } ?? zero
    let ends = [end, bar.interval.map { layout.scale.position($0.upperBound) } ?? end]
    let middle = top + Self.barHeight / 2
    return HTML(
      "g", ["class": "point s\(bar.style % PlotSeries.styles)", "tabindex": "0", "role": "img"]
    ) {
      HTML("title") { bar.note }
      if !bar.label.isEmpty {
        HTML(
          "text",
          [
            "class": "bar-name", "x": Figure.pixel(layout.groupWidth + layout.barWidth - 6),
            "y": Figure.pixel(middle + 4), "text-anchor": "end",
          ]
        ) { TextWidth.fitted(bar.label, to: layout.barWidth - 8, size: 11) }
      }
      HTML(
        "rect",
        [
          "class": "bar", "x": Figure.pixel(min(zero, end)), "y": Figure.pixel(top + 2),
          "width": Figure.pixel(max(abs(end - zero), 0.5)),
          "height": Figure.pixel(Self.barHeight - 4),
        ])
      if let interval = bar.interval {
        whisker(interval, middle, layout)
      }
      HTML(
        "text",
        [
          "class": bar.value == nil ? "bar-text missing" : "bar-text",
          "x": Figure.pixel((ends.max() ?? end) + 7), "y": Figure.pixel(middle + 4),
        ]
      ) { bar.text }
    }
  }

  private func whisker(
    _ interval: ClosedRange<Double>, _ middle: Double, _ layout: Layout
  ) -> HTML {
    let low = Figure.pixel(layout.scale.position(interval.lowerBound))
    let high = Figure.pixel(layout.scale.position(interval.upperBound))
    let start = Figure.pixel(middle - 3)
    return HTML(
      "path",
      [
        "class": "whisker on-bar",
        "d": "M\(low) \(start)v6M\(low) \(Figure.pixel(middle))H\(high)M\(high) \(start)v6",
      ])
  }
}
