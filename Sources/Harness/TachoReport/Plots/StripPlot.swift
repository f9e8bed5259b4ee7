// SPDX-License-Identifier: Apache-2.0

/// The raw samples of one point in the order they were taken: warm-up hollow, flagged ones crossed.
package struct StripPlot: Sendable {
  package struct Dot: Sendable {
    package var value: Double
    package var warmup: Bool
    package var flagged: Bool
    package var launch: Int
  }

  package var name: String
  package var note: String
  package var dots: [Dot]
  package var median: Double?
  package var interval: ClosedRange<Double>?
  package var width = 300.0
  package var height = 40.0

  package func render() -> HTML {
    let values = dots.map(\.value) + [median].compactMap { $0 }
    let low = values.min() ?? 0
    let high = max(values.max() ?? 1, low)
    let y = Scale(.linear, domain: low...high, from: height - 6, to: 6)
    let x = Scale(
      .linear, domain: 0...Double(max(dots.count - 1, 1)), from: 8, to: width - 8)
    return HTML(
      "svg",
      [
        "class": "plot strip s0", "viewBox": "0 0 \(Figure.pixel(width)) \(Figure.pixel(height))",
        "width": Figure.pixel(width), "height": Figure.pixel(height), "role": "img",
        "tabindex": "0",
      ]
    ) {
      HTML("title") { name + ": " + note }
      if let interval {
        HTML(
          "rect",
          [
            "class": "band", "x": "0", "y": Figure.pixel(y.position(interval.upperBound) - 0.5),
            "width": Figure.pixel(width),
            "height": Figure.pixel(
              y.position(interval.lowerBound) - y.position(interval.upperBound) + 1),
          ])
      }
      if let median {
        HTML(
          "path",
          ["class": "base", "d": "M0 \(Figure.pixel(y.position(median)))H\(Figure.pixel(width))"])
      }
      HTML("path", ["class": "tick", "d": launchBorders(x)])
      HTML("path", ["class": "dot", "d": path(x, y) { !$0.warmup }])
      HTML("path", ["class": "dot hollow", "d": path(x, y) { $0.warmup }])
      HTML("path", ["class": "flag", "d": crosses(x, y)])
    }
  }

  /// One circle for each dot that is wanted, in one path: a report may have tens of thousands.
  private func path(_ x: Scale, _ y: Scale, where wanted: (Dot) -> Bool) -> String {
    dots.enumerated().filter { wanted($0.element) }.map { index, dot in
      Marker.path(
        style: 0, x: x.position(Double(index)), y: y.position(dot.value),
        radius: dots.count > 60 ? 1.6 : 3)
    }.joined()
  }

  private func crosses(_ x: Scale, _ y: Scale) -> String {
    dots.enumerated().filter { $0.element.flagged }.map { index, dot in
      let left = Figure.pixel(x.position(Double(index)) - 5)
      let middle = y.position(dot.value)
      return "M\(left) \(Figure.pixel(middle - 5))l10 10M\(left) \(Figure.pixel(middle + 5))l10 -10"
    }.joined()
  }

  private func launchBorders(_ x: Scale) -> String {
    dots.indices.dropFirst().filter { dots[$0].launch != dots[$0 - 1].launch }.map { index in
      "M\(Figure.pixel(x.position(Double(index) - 0.5))) 0V\(Figure.pixel(height))"
    }.joined()
  }
}
