// SPDX-License-Identifier: Apache-2.0

/// Changes with their intervals, one row each, against zero and the two margins of a gate.
///
/// A row's mark tells its verdict by colour, shape and filling.
package struct ForestPlot: Sendable {
  /// How a row's value is marked.
  package struct Mark: Sendable, Hashable {
    /// Of `Marker.path`.
    package var style: Int
    /// The class that sets the colour.
    package var tint: StaticString
    package var isOpen: Bool

    package init(style: Int, tint: StaticString, isOpen: Bool = false) {
      self.style = style
      self.tint = tint
      self.isOpen = isOpen
    }

    package static func == (left: Mark, right: Mark) -> Bool {
      left.style == right.style && left.tint.description == right.tint.description
        && left.isOpen == right.isOpen
    }

    package func hash(into hasher: inout Hasher) {
      hasher.combine(style)
      hasher.combine(tint.description)
      hasher.combine(isOpen)
    }

    /// The mark with its whisker, for legends.
    package var swatch: HTML {
      HTML(
        "svg",
        [
          "class": "swatch \(tint)", "width": "30", "height": "12", "viewBox": "0 0 30 12",
          "aria-hidden": "true",
        ]
      ) {
        HTML("path", ["class": "whisker", "d": "M3 6H27"])
        drawn(x: 15, y: 6)
      }
    }

    func drawn(x: Double, y: Double) -> HTML {
      HTML(
        "path",
        [
          "class": isOpen ? "open-mark" : "mark",
          "d": Marker.path(style: style, x: x, y: y, radius: 4.5),
        ])
    }
  }

  package struct Row: Sendable {
    package var label: String
    /// A share of the base: 0.031 is 3.1% more.
    package var value: Double
    package var interval: ClosedRange<Double>?
    package var mark: Mark
    /// Figures at the row's end, and what a tooltip says.
    package var text: String
    package var note: String
  }

  package var name: String
  package var rows: [Row]
  package var tolerated: Double
  package var mustNotPass: Double
  package var width = 980.0

  private static let top = 34.0
  private static let labelSize = 12.0
  private static let textSize = 11.5

  private struct Layout {
    let scale: Scale
    let ticks: [Double]
    let left: Double
    let right: Double
    let rowHeight: Double
    let bottom: Double

    func y(_ index: Int) -> Double { ForestPlot.top + (Double(index) + 0.5) * rowHeight }
  }

  package func render() -> HTML {
    let layout = layout()
    let height = layout.bottom + 40
    return HTML(
      "svg",
      [
        "class": "plot forest", "viewBox": "0 0 \(Figure.pixel(width)) \(Figure.pixel(height))",
        "width": Figure.pixel(width), "height": Figure.pixel(height), "role": "group",
        "aria-label": name,
      ]
    ) {
      axis(layout)
      margins(layout)
      for (index, row) in rows.enumerated() { drawn(row, at: layout.y(index), layout) }
    }
  }

  private func layout() -> Layout {
    let labels = rows.map { TextWidth.estimate($0.label, size: Self.labelSize) }.max() ?? 0
    let texts = rows.map { TextWidth.estimate($0.text, size: Self.textSize) }.max() ?? 0
    let left = min(labels, width * 0.32) + 14
    let right = max(width - min(texts, width * 0.24) - 14, left + 80)
    let rowHeight = rows.count <= 60 ? 21.0 : 15.0
    let (domain, ticks) = Ticks.axis(for: range, target: 6)
    return Layout(
      scale: Scale(.linear, domain: domain, from: left, to: right), ticks: ticks, left: left,
      right: right, rowHeight: rowHeight, bottom: Self.top + Double(rows.count) * rowHeight)
  }

  /// What is drawn: all values and most of their intervals, but one that is far off does not press
  /// the rest together; it lies at the edge, with its figures beside it.
  private var range: ClosedRange<Double> {
    let values = rows.map(\.value).filter(\.isFinite)
    let sizes = values.map { abs($0) }.sorted()
    let usual = sizes.isEmpty ? 0 : sizes[min(sizes.count - 1, sizes.count * 9 / 10)]
    let reach = max(4 * mustNotPass, 3 * (sizes.count > 4 ? usual : 0))
    let room = max(mustNotPass, 0.01)
    let nearest = (values.min() ?? 0, values.max() ?? 0)
    let lows = rows.compactMap(\.interval?.lowerBound) + [nearest.0, -0.5 * mustNotPass]
    let highs = rows.compactMap(\.interval?.upperBound) + [nearest.1, 1.5 * mustNotPass]
    let low = max(lows.min() ?? 0, min(nearest.0, 0) - room, -reach)
    let high = min(highs.max() ?? 0, max(nearest.1, mustNotPass) + room, reach)
    return low...max(high, low + 1e-6)
  }

  private func axis(_ layout: Layout) -> HTML {
    let step = layout.ticks.count > 1 ? (layout.ticks[1] - layout.ticks[0]) * 100 : 1
    let labels = layout.ticks.map { tick in
      (tick > step / 1e6 ? "+" : "") + Figure.tick(tick * 100, step: step)
    }
    let centres = layout.ticks.map { layout.scale.position($0) }
    let shown = LabelLayout.visible(centres: centres, widths: labels.map { TextWidth.estimate($0) })
    return HTML("g", ["class": "axis", "aria-hidden": "true"]) {
      for index in centres.indices {
        line("grid", x: centres[index], layout)
        if shown[index] {
          label(labels[index], x: centres[index], y: layout.bottom + 16, anchor: "middle")
        }
      }
      HTML(
        "text",
        [
          "class": "unit", "x": Figure.pixel((layout.left + layout.right) / 2),
          "y": Figure.pixel(layout.bottom + 34), "text-anchor": "middle",
        ]
      ) { "change of time against the base, % (right: slower)" }
    }
  }

  private func margins(_ layout: Layout) -> HTML {
    let tolerated = layout.scale.position(tolerated)
    let most = layout.scale.position(mustNotPass)
    return HTML("g", ["class": "axis", "aria-hidden": "true"]) {
      HTML(
        "rect",
        [
          "class": "band v-open", "x": Figure.pixel(tolerated), "y": Figure.pixel(Self.top),
          "width": Figure.pixel(most - tolerated),
          "height": Figure.pixel(layout.bottom - Self.top),
        ])
      line("zero", x: layout.scale.position(0), layout)
      line("limit v-open", x: tolerated, layout)
      line("limit last v-fail", x: most, layout)
      // The other margin's line goes up beside this label.
      marginLabel("tolerated \(GateText.margin(self.tolerated))", x: tolerated, y: 27, before: most)
      marginLabel("must not pass \(GateText.margin(mustNotPass))", x: most, y: 12, before: width)
      for (x, y) in [(tolerated, 27.0), (most, 12.0)] {
        HTML(
          "path",
          [
            "class": "leader",
            "d": "M\(Figure.pixel(x)) \(Figure.pixel(y + 2))V\(Figure.pixel(Self.top))",
          ])
      }
    }
  }

  /// Begins at its line, or ends there when it would go beyond `end`.
  private func marginLabel(_ text: String, x: Double, y: Double, before end: Double) -> HTML {
    let fits = x + TextWidth.estimate(text) < end
    return label(text, x: fits ? x - 2 : x + 2, y: y, anchor: fits ? "start" : "end")
  }

  private func drawn(_ row: Row, at y: Double, _ layout: Layout) -> HTML {
    let x = layout.scale.position(row.value)
    return HTML("g", ["class": "point \(row.mark.tint)", "tabindex": "0", "role": "img"]) {
      HTML("title") { row.note }
      label(
        TextWidth.fitted(row.label, to: layout.left - 14, size: Self.labelSize), x: 0, y: y + 4,
        anchor: "start")
      if let interval = row.interval { whisker(interval, y, layout) }
      row.mark.drawn(x: x, y: y)
      HTML(
        "text",
        [
          "class": "row-text", "x": Figure.pixel(width), "y": Figure.pixel(y + 4),
          "text-anchor": "end",
        ]
      ) { TextWidth.fitted(row.text, to: width - layout.right, size: Self.textSize) }
    }
  }

  /// Ends in a stroke, or in an arrow where the interval goes on beyond the picture.
  private func whisker(_ interval: ClosedRange<Double>, _ y: Double, _ layout: Layout) -> HTML {
    let from = layout.scale.position(interval.lowerBound)
    let to = layout.scale.position(interval.upperBound)
    let domain = layout.scale.domain
    func end(_ x: Double, isCut: Bool, outward: Double) -> String {
      isCut
        ? "M\(Figure.pixel(x - outward * 5)) \(Figure.pixel(y - 4))L\(Figure.pixel(x)) "
          + "\(Figure.pixel(y))L\(Figure.pixel(x - outward * 5)) \(Figure.pixel(y + 4))"
        : "M\(Figure.pixel(x)) \(Figure.pixel(y - 4))V\(Figure.pixel(y + 4))"
    }
    let line = "M\(Figure.pixel(from)) \(Figure.pixel(y))H\(Figure.pixel(to))"
    return HTML(
      "path",
      [
        "class": "whisker",
        "d": line + end(from, isCut: interval.lowerBound < domain.lowerBound, outward: -1)
          + end(to, isCut: interval.upperBound > domain.upperBound, outward: 1),
      ])
  }

  private func line(_ name: String, x: Double, _ layout: Layout) -> HTML {
    HTML(
      "path",
      [
        "class": name,
        "d": "M\(Figure.pixel(x)) \(Figure.pixel(Self.top))V\(Figure.pixel(layout.bottom))",
      ])
  }

  private func label(_ text: String, x: Double, y: Double, anchor: String) -> HTML {
    HTML("text", ["x": Figure.pixel(x), "y": Figure.pixel(y), "text-anchor": anchor]) { text }
  }
}
