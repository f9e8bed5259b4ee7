// SPDX-License-Identifier: Apache-2.0

/// A named line, or a set of bars, of a plot; its style is told apart by colour, marker and dash.
package struct PlotSeries: Sendable {
  package struct Mark: Sendable {
    package var x: Double
    package var y: Double
    /// The 95% interval, when there is one.
    package var interval: ClosedRange<Double>?
    /// The raw values, shown on hover and focus.
    package var note: String

    package init(x: Double, y: Double, interval: ClosedRange<Double>? = nil, note: String) {
      self.x = x
      self.y = y
      self.interval = interval
      self.note = note
    }
  }

  package var label: String
  package var style: Int
  package var marks: [Mark]

  package init(label: String, style: Int, marks: [Mark]) {
    self.label = label
    self.style = style
    self.marks = marks
  }

  /// How many styles there are; more series than this cannot be told apart.
  package static let styles = 8
}

/// The shape that stands for a series at a point.
package enum Marker {
  /// Path data of the marker of a style, centred on a point.
  package static func path(style: Int, x: Double, y: Double, radius r: Double = 4) -> String {
    func at(_ dx: Double, _ dy: Double) -> String {
      Figure.pixel(x + dx * r) + " " + Figure.pixel(y + dy * r)
    }
    switch style % PlotSeries.styles {
    case 1: return "M\(at(-0.9, -0.9))L\(at(0.9, -0.9))L\(at(0.9, 0.9))L\(at(-0.9, 0.9))Z"
    case 2: return "M\(at(0, -1.15))L\(at(1.1, 0.85))L\(at(-1.1, 0.85))Z"
    case 3: return "M\(at(0, -1.25))L\(at(1.25, 0))L\(at(0, 1.25))L\(at(-1.25, 0))Z"
    case 4: return "M\(at(0, 1.15))L\(at(1.1, -0.85))L\(at(-1.1, -0.85))Z"
    case 5:
      return "M\(at(-1, -0.35))L\(at(-0.35, -0.35))L\(at(-0.35, -1))L\(at(0.35, -1))"
        + "L\(at(0.35, -0.35))L\(at(1, -0.35))L\(at(1, 0.35))L\(at(0.35, 0.35))L\(at(0.35, 1))"
        + "L\(at(-0.35, 1))L\(at(-0.35, 0.35))L\(at(-1, 0.35))Z"
    case 6: return "M\(at(-1, 0))L\(at(0, -0.6))L\(at(1, 0))L\(at(0, 0.6))Z"
    case 7: return "M\(at(-0.6, -1.1))L\(at(0.6, -1.1))L\(at(0.6, 1.1))L\(at(-0.6, 1.1))Z"
    default:
      let radius = Figure.pixel(r)
      let twice = Figure.pixel(2 * r)
      return
        "M\(at(-1, 0))a\(radius) \(radius) 0 1 0 \(twice) 0a\(radius) \(radius) 0 1 0 -\(twice) 0Z"
    }
  }

  /// A small drawing of a series's line and marker, for legends.
  package static func swatch(style: Int) -> HTML {
    HTML(
      "svg",
      [
        "class": "swatch s\(style % PlotSeries.styles)", "width": "30", "height": "12",
        "viewBox": "0 0 30 12", "aria-hidden": "true",
      ]
    ) {
      HTML("path", ["class": "line", "d": "M1 6H29"])
      HTML("path", ["class": "mark", "d": path(style: style, x: 15, y: 6)])
    }
  }
}
