// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
import TachoRecord

/// The parts of a step one below the other, each bar from where the one before ended.
package struct WaterfallPlot: Sendable {
  package let name: String
  package let waterfall: StepWaterfall
  package var width = 900.0

  private static let rowHeight = 19.0
  private static let top = 6.0
  private static let textWidth = 150.0

  package init(name: String, waterfall: StepWaterfall) {
    self.name = name
    self.waterfall = waterfall
  }

  package func render() -> HTML {
    let rows = Double(waterfall.parts.count)
    let bottom = Self.top + rows * Self.rowHeight
    let height = bottom + 40
    let labels = waterfall.parts.map { TextWidth.estimate($0.name) }.max() ?? 0
    let left = min(labels, width * 0.3) + 14
    let unit = UnitScale.best(for: .seconds, magnitude: waterfall.mean / 1e9)
    let (domain, ticks) = Ticks.axis(for: 0...max(waterfall.mean / 1e9, 1e-12), target: 6)
    let scale = Scale(.linear, domain: domain, from: left, to: width - Self.textWidth)
    return HTML(
      "svg",
      [
        "class": "plot", "viewBox": "0 0 \(Figure.pixel(width)) \(Figure.pixel(height))",
        "width": Figure.pixel(width), "height": Figure.pixel(height), "role": "group",
        "aria-label": name,
      ]
    ) {
      axis(ticks, scale, unit, bottom)
      for (index, start) in starts().enumerated() {
        row(waterfall.parts[index], index, from: start, left, scale)
      }
    }
  }

  /// Where each part begins, in seconds.
  private func starts() -> [Double] {
    var clock = 0.0
    return waterfall.parts.map { part in
      defer { clock += part.mean / 1e9 }
      return clock
    }
  }

  private func axis(_ ticks: [Double], _ scale: Scale, _ unit: UnitScale, _ bottom: Double) -> HTML
  {
    let step = ticks.count > 1 ? (ticks[1] - ticks[0]) / unit.factor : 1
    return HTML("g", ["class": "axis", "aria-hidden": "true"]) {
      for tick in ticks {
        let x = Figure.pixel(scale.position(tick))
        HTML(
          "path",
          [
            "class": tick == 0 ? "base" : "grid",
            "d": "M\(x) \(Figure.pixel(Self.top))V\(Figure.pixel(bottom))",
          ])
        HTML(
          "text", ["x": x, "y": Figure.pixel(bottom + 15), "text-anchor": "middle"]
        ) { Figure.tick(tick / unit.factor, step: step) }
      }
      HTML(
        "text",
        [
          "class": "unit", "x": Figure.pixel((scale.pixels.from + scale.pixels.to) / 2),
          "y": Figure.pixel(bottom + 34), "text-anchor": "middle",
        ]
      ) { "time in a step, \(unit.symbol)" }
    }
  }

  private func row(
    _ part: StepWaterfall.Part, _ index: Int, from start: Double, _ left: Double, _ scale: Scale
  ) -> HTML {
    let top = Self.top + Double(index) * Self.rowHeight
    let ends = [start, start + part.mean / 1e9].map { scale.position($0) }
    let (low, high) = (min(ends[0], ends[1]), max(ends[0], ends[1]))
    let share = waterfall.mean > 0 ? part.mean / waterfall.mean : 0
    return HTML(
      "g", ["class": "point s\(part.kind.style)", "tabindex": "0", "role": "img"]
    ) {
      HTML("title") { part.note(share: share) }
      HTML(
        "text",
        [
          "class": "group", "x": Figure.pixel(left - 8), "y": Figure.pixel(top + 14),
          "text-anchor": "end",
        ]
      ) { TextWidth.fitted(part.name, to: left - 10) }
      HTML(
        "rect",
        [
          "class": "bar", "x": Figure.pixel(low), "y": Figure.pixel(top + 3),
          "width": Figure.pixel(max(high - low, 0.5)), "height": Figure.pixel(Self.rowHeight - 6),
        ])
      HTML(
        "text",
        ["class": "bar-text", "x": Figure.pixel(high + 6), "y": Figure.pixel(top + 14)]
      ) { part.time(part.mean) + " · " + Figure.percent(share) }
    }
  }
}

extension StepWaterfall.Part {
  /// Nanoseconds with a unit that fits.
  func time(_ ns: Double) -> String {
    let unit = UnitScale.best(for: .seconds, magnitude: ns / 1e9)
    return Figure.text(ns / 1e9 / unit.factor) + " " + unit.symbol
  }

  func note(share: Double) -> String {
    let launches = kind == .work ? ", \(Figure.text(count)) launches" : ""
    return
      "\(name): mean \(time(mean)), \(Figure.percent(share)) of the step; median \(time(median)), "
      + "p99 \(time(p99))\(launches)"
  }
}

extension StepWaterfall.Part.Kind {
  /// The series style it is drawn in.
  var style: Int {
    switch self {
    case .work: 0
    case .wait: 1
    case .queue: 2
    case .gap: 3
    case .host: 4
    case .residual: 5
    }
  }
}
