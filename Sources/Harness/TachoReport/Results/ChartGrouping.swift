// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// How the points of a benchmark are laid out along one axis: panels, and series within each, chosen
/// so that a reader can tell the series apart.
package struct ChartGrouping: Sendable {
  /// One line or set of bars: the points that differ only along the axis.
  package struct Series: Sendable {
    package let label: String
    package let style: Int
    package let points: [PointResult]
  }

  package struct Panel: Sendable {
    package let label: String
    package let series: [Series]
  }

  package let axis: Int
  package let panels: [Panel]
  /// The paths that name a series.
  package let seriesPaths: [String]
  /// What is not drawn, in words; nil when everything is.
  package let omission: String?

  private static let panelLimit = 12
  private static let combinationLimit = 6

  /// Nil when the axis does not vary among these points.
  package init?(of points: [PointResult], along axis: Int, in benchmark: BenchmarkResults) {
    let points = points.filter { $0.levels[axis] != nil }
    guard Self.levels(points, axis).count > 1 else { return nil }
    let others = benchmark.axes.indices.filter { other in
      other != axis && Self.levels(points, other).count > 1
        && !Self.determines(axis, other, points)
    }
    self.axis = axis
    let combinations = Self.split(points, by: others)
    var seriesAxes = others
    var panelAxes: [Int] = []
    if combinations.count > Self.combinationLimit {
      let sized = others.map { ($0, Self.levels(points, $0).count) }
      let fitting = sized.filter { $0.1 <= PlotSeries.styles }.max { $0.1 < $1.1 }
      let chosen = fitting ?? sized.min { $0.1 < $1.1 }
      seriesAxes = chosen.map { [$0.0] } ?? []
      panelAxes = others.filter { !seriesAxes.contains($0) }
    }
    let styles = Dictionary(
      uniqueKeysWithValues: Self.split(points, by: seriesAxes).enumerated().map { ($1.key, $0) })
    let all = Self.split(points, by: panelAxes)
    panels = all.prefix(Self.panelLimit).map { panel in
      Panel(
        label: Self.label(panel.key, panelAxes, benchmark, withPaths: true),
        series: Self.split(panel.points, by: seriesAxes)
          .filter { (styles[$0.key] ?? 0) < PlotSeries.styles }
          .map { one in
            Series(
              label: Self.label(one.key, seriesAxes, benchmark, withPaths: seriesAxes.count > 1),
              style: styles[one.key] ?? 0, points: one.points)
          })
    }
    seriesPaths = seriesAxes.map { benchmark.axes[$0].path }
    omission = Self.omission(panels: all.count, series: styles.count)
  }

  /// Every series of every panel, each label once: for a legend.
  package var legend: [Series] {
    var seen: Set<Int> = []
    return panels.flatMap(\.series).filter { seen.insert($0.style).inserted }
      .sorted { $0.style < $1.style }
  }

  private static func omission(panels: Int, series: Int) -> String? {
    var parts: [String] = []
    if panels > panelLimit { parts.append("\(panelLimit) of \(panels) panels") }
    if series > PlotSeries.styles { parts.append("\(PlotSeries.styles) of \(series) series") }
    return parts.isEmpty ? nil : parts.joined(separator: " and ") + " drawn; the table has all."
  }

  /// Whether two axes say the same thing, as zipped ones do: each is a function of the other.
  package static func mirrors(_ one: Int, _ other: Int, _ points: [PointResult]) -> Bool {
    determines(one, other, points) && determines(other, one, points)
  }

  private static func determines(_ one: Int, _ other: Int, _ points: [PointResult]) -> Bool {
    var seen: [Int?: Int?] = [:]
    for point in points {
      if let before = seen[point.levels[one]] {
        if before != point.levels[other] { return false }
      } else {
        seen[point.levels[one]] = .some(point.levels[other])
      }
    }
    return true
  }

  private static func levels(_ points: [PointResult], _ axis: Int) -> Set<Int?> {
    Set(points.map { $0.levels[axis] })
  }

  private struct Slice {
    let key: [Int]
    let points: [PointResult]
  }

  /// Points by their levels on some axes, in the order of the levels; -1 where a point has none.
  private static func split(_ points: [PointResult], by axes: [Int]) -> [Slice] {
    let groups = Dictionary(grouping: points) { point in axes.map { point.levels[$0] ?? -1 } }
    return groups.map { Slice(key: $0.key, points: $0.value) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
  }

  private static func label(
    _ key: [Int], _ axes: [Int], _ benchmark: BenchmarkResults, withPaths: Bool
  ) -> String {
    zip(axes, key).map { axis, level in
      let value = benchmark.axes[axis].text(level < 0 ? nil : level)
      guard withPaths else { return value }
      // The last part of a path is enough where it is the only one of its name.
      let path = benchmark.axes[axis].path
      let short = path.split(separator: ".").last.map(String.init) ?? path
      let unique = benchmark.axes.count { ($0.path.split(separator: ".").last ?? "") == short } == 1
      return (unique ? short : path) + " " + value
    }.joined(separator: ", ")
  }
}
