// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
import TachoRecord

/// One series of a history in words: what tables and the report say of it.
package struct HistoryFigures: Sendable {
  package let result: HistoryAnalysis.Result
  package var series: HistorySeries { result.series }

  package init(_ result: HistoryAnalysis.Result) {
    self.result = result
  }

  /// A difference of logarithms: `+3.1%`.
  package static func percent(_ logarithm: Double) -> String {
    let text = Figure.percent(expm1(logarithm))
    return text.hasPrefix("-") ? text : "+" + text
  }

  /// `+3.1% (+2.6% to +3.6%)`; the interval only where there is one.
  package static func shift(_ value: Double, _ interval: ClosedRange<Double>?) -> String {
    guard let interval else { return percent(value) }
    return "\(percent(value)) (\(percent(interval.lowerBound)) to \(percent(interval.upperBound)))"
  }

  /// The latest build's shift: from the reference, or from the middle of the builds before it since
  /// the last suspicion; nil for a single build without a reference.
  package var latest: (shift: Double, interval: ClosedRange<Double>?)? {
    guard let last = series.values.last else { return nil }
    var base = 0.0
    if case .reference = series.basis {
    } else {
      let start = result.suspicions.last?.point.index ?? 0
      let earlier = series.values[start...].dropLast().map(\.value)
      guard let median = Summary.median(of: earlier) else { return nil }
      base = median
    }
    let interval = last.interval.map { ($0.lowerBound - base)...($0.upperBound - base) }
    return (last.value - base, interval)
  }

  package var latestText: String {
    latest.map { Self.shift($0.shift, $0.interval) } ?? "–"
  }

  /// `decode/tokens-per-second`; a dash for a series from a file.
  package var metric: String { series.metric?.id ?? "–" }

  /// What a shift means: worse or better, or up or down where neither is known.
  package func verdict(_ shift: Double) -> String {
    switch series.metric?.better {
    case .lower: shift > 0 ? "worse" : "better"
    case .higher: shift < 0 ? "worse" : "better"
    case .neither, nil: shift > 0 ? "up" : "down"
    }
  }

  /// `since 1a2b3c4: +3.1% (+2.6% to +3.6%), worse; p 0.002`.
  package func sentence(_ point: ChangePoint, p: Double) -> String {
    "since \(name(at: point.index)): "
      + "\(Self.shift(point.shift.estimate, point.shift.interval)), "
      + "\(verdict(point.shift.estimate)); p \(Self.probability(p))"
  }

  package static func probability(_ p: Double) -> String {
    p < 0.0001 ? String(format: "%.0e", p) : String(format: p < 0.01 ? "%.4f" : "%.2f", p)
  }

  package func name(at index: Int) -> String { series.values[index].build.name }

  /// The comparison that would confirm a change: a build on each side of the place, which is known to
  /// within a build or two, so the nearest on either side is left out; nil where builds have no revision.
  package func confirmation(of point: ChangePoint) -> String? {
    guard let (before, after, suite) = place(of: point) else { return nil }
    let filter = series.point.map { ["--filter", CommandText.filter([$0])] } ?? []
    return (["tacho", "gate", "--base", before.name, "--candidate", after.name, suite] + filter)
      .map(CommandText.word).joined(separator: " ")
  }

  /// The search for the commit between the same builds, which confirms the change first.
  package func search(for point: ChangePoint) -> String? {
    guard let (before, after, suite) = place(of: point) else { return nil }
    let isSmaller = (point.shift.estimate < 0) != (series.metric?.better == .higher)
    let choice = series.point.map { ["--point", $0] } ?? []
    return
      (["tacho", "bisect", "\(before.name)..\(after.name)", suite] + choice
      + (isSmaller ? ["--faster"] : [])).map(CommandText.word).joined(separator: " ")
  }

  /// The builds to compare, and the suite.
  private func place(
    of point: ChangePoint
  ) -> (before: HistoryBuild, after: HistoryBuild, suite: String)? {
    guard let suite = series.suite else { return nil }
    let before = series.values[max(point.index - 2, 0)].build
    let after = series.values[min(point.index + 1, series.values.count - 1)].build
    guard before.revision != nil, after.revision != nil else { return nil }
    return (before, after, series.suiteFile ?? suite)
  }

  /// Where values come from, and how far they can be trusted.
  package var basis: String {
    switch series.basis {
    case .reference(let name): "ratios to \(name), measured in the same job"
    case .absolute: "absolute times of different days: suspicions only"
    case .given: "as given"
    }
  }

  /// What makes the analysis itself doubtful; nil for nothing.
  package var caution: String? {
    if result.changes.windows.isEmpty {
      return "too short to look for changes: that takes 10 builds"
    }
    guard let correlation = result.changes.autocorrelation,
      result.changes.isCorrelated(count: series.values.count)
    else { return nil }
    return "neighbouring builds are alike (correlation \(String(format: "%.2f", correlation))): "
      + "p may be too small, changes may be drift"
  }
}
