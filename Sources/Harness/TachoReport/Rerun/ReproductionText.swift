// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
import TachoRecord

/// What a rerun found, for a terminal.
package enum ReproductionText {
  /// Differences that are shown; the rest are counted.
  private static let differencesShown = 20

  /// `title` says which row was measured again.
  package static func render(_ found: Reproduction, title: String) -> String {
    var lines = [title, ""]
    lines += found.figures.flatMap(figure)
    if found.figures.isEmpty { lines.append("no metric of then has a value") }
    lines += found.failures.map { "not counted: \($0)" }
    lines += ["", "output: \(found.output.words)", "place: \(words(found.place))"]
    let (then, now) = found.disturbed
    if then.count + now.count > 0 {
      lines.append(
        "disturbed samples: \(then.count) of \(then.all) then, \(now.count) of \(now.all) now")
    }
    lines += differences(found)
    lines += ["", "verdict: \(verdict(found))"]
    return lines.joined(separator: "\n") + "\n"
  }

  private static func figure(_ figure: Reproduction.Figure) -> [String] {
    let metric = figure.metric
    guard case .success(let found) = figure.comparison else {
      guard case .failure(let unable) = figure.comparison else { return [] }
      return ["\(metric.id): cannot tell: \(unable.reason)"]
    }
    let scale = UnitScale.best(for: metric.unit, magnitude: found.before.median)
    func line(_ name: String, _ summary: Summary, _ launches: Int) -> String {
      "  \(name) \(text(summary, scale)), \(launches) launch\(launches == 1 ? "" : "es"), "
        + "n = \(summary.count)"
    }
    return [
      metric.id,
      line("then", found.before, found.launchesBefore),
      line("now ", found.after, found.launchesAfter),
      String(
        format: "  now / then %.4f, %.3g%% interval %.4f to %.4f", found.ratio,
        (1 - found.level) * 100, found.interval.lowerBound, found.interval.upperBound),
      "  \(words(found, metric)): \(found.reason)",
    ]
  }

  /// `36.87 tok/s, 95% interval 36.60 to 37.14`.
  private static func text(_ summary: Summary, _ scale: UnitScale) -> String {
    let half = summary.interval.map { ($0.upperBound - $0.lowerBound) / 2 / scale.factor }
    let decimals = Figure.decimals(of: summary.median / scale.factor, uncertainty: half)
    func number(_ value: Double) -> String { Figure.text(value / scale.factor, decimals: decimals) }
    let unit = scale.symbol.isEmpty ? "" : " " + scale.symbol
    let interval =
      summary.interval.map {
        ", 95% interval \(number($0.lowerBound)) to \(number($0.upperBound))"
      } ?? ", too few samples for an interval"
    return number(summary.median) + unit + interval
  }

  /// `differs by +7.2% (better)`.
  private static func words(_ found: LaunchReproduction, _ metric: Metric) -> String {
    guard found.verdict == .differs else { return found.verdict.rawValue }
    let change = String(format: "%+.1f%%", (found.ratio - 1) * 100)
    let isBetter = (found.ratio > 1) == (metric.better == .higher)
    return "differs by \(change) (\(isBetter ? "better" : "worse") than then)"
  }

  private static func words(_ place: Reproduction.Place) -> String {
    switch place {
    case .sameMachine: "the same machine"
    case .sameHardware: "the same hardware with other settings: see below"
    case .anotherMachine:
      "another machine: whether the number comes out there again, this cannot say"
    }
  }

  private static func differences(_ found: Reproduction) -> [String] {
    guard !found.differences.isEmpty else { return ["", "nothing on record differs"] }
    let shown = found.differences.prefix(differencesShown)
    var lines = ["", "what differs, what can do most first:"]
    for difference in shown {
      lines.append("  \(pad(difference.effect.name, 8)) \(difference.words) (\(difference.why))")
    }
    let rest = found.differences.count - shown.count
    if rest > 0 { lines.append("  and \(rest) more of less effect: --json has them all") }
    return lines
  }

  private static func verdict(_ found: Reproduction) -> String {
    let there = found.place == .anotherMachine ? " (on another machine)" : ""
    switch found.verdict {
    case .reproduced: return "reproduced\(there)"
    case .differs:
      if case .different = found.output { return "differs\(there): the output is another" }
      let names = found.figures.filter { $0.verdict == .differs }.map(\.metric.id)
      return "differs\(there): \(names.joined(separator: ", "))"
    case .cannotTell:
      let names = found.figures.filter { $0.verdict == .cannotTell }.map(\.metric.id)
      return "cannot tell\(there)"
        + (names.isEmpty ? ": there is no number to compare" : ": \(names.joined(separator: ", "))")
    }
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
