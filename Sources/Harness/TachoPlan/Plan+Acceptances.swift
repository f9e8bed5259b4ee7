// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord
package import TachoSuite

extension Plan {
  /// Names shown of those that nearly match.
  private static let namesShown = 6

  /// Stops at acceptances that this suite has no use for, and at those that have expired.
  ///
  /// An acceptance that matches nothing, or moves nothing, protects nobody and looks as if it did; so it
  /// is a mistake. The plan has to be the whole suite's: what a filter leaves out, or this machine
  /// cannot run, is matched all the same.
  package func check(_ file: AcceptanceFile, today: CalendarDay) throws(SuiteError) {
    let log = ProblemLog()
    var covered: [String: Int] = [:]
    for entry in file.entries {
      let acceptance = entry.acceptance
      if acceptance.expires < today {
        log.add(entry.expiresPosition, Self.expired(acceptance, today))
      }
      if let complaint = complaint(about: acceptance) { log.add(entry.pointPosition, complaint) }
      for planned in points where acceptance.covers(point: planned.point.name) {
        let key = "\(planned.point.name)\n\(acceptance.metric ?? "")"
        if let line = covered[key] {
          log.add(
            entry.pointPosition,
            "\(quoted(planned.point.name)) is accepted already by line \(line); keep one of the two,"
              + " or narrow a pattern")
          break
        }
      }
      for planned in points where acceptance.covers(point: planned.point.name) {
        let key = "\(planned.point.name)\n\(acceptance.metric ?? "")"
        covered[key] = covered[key] ?? entry.position.line
      }
    }
    try log.throwIfAny()
  }

  private static func expired(_ acceptance: GateAcceptance, _ today: CalendarDay) -> String {
    let days = acceptance.expires.days(to: today)
    return "the acceptance of \(quoted(acceptance.point)) expired on \(acceptance.expires),"
      + " \(days) \(days == 1 ? "day" : "days") ago: delete the line (tacho accept --remove"
      + " '\(acceptance.point)'), or where the slowdown is still wanted write a later day and have it"
      + " reviewed"
  }

  /// Why an acceptance does nothing in this suite; nil when it does something.
  package func complaint(about acceptance: GateAcceptance) -> String? {
    let matched = points.filter { acceptance.covers(point: $0.point.name) }
    guard !matched.isEmpty else {
      let near = nearest(to: acceptance.point)
      let list = near.map { "'\($0)'" }.joined(separator: ", ")
      let all = Set(points.map(\.point.name)).count
      return "no point of suite '\(suite)' matches \(quoted(acceptance.point)); "
        + (near.count < all ? "the nearest of its \(all) points" : "its points")
        + ": \(list)"
    }
    guard let metric = acceptance.metric else {
      // The slow end has margins of its own, which may be the narrower ones.
      let widest = matched.allSatisfy { planned in
        ([planned.gate.margins] + (planned.gate.tail.map { [$0] } ?? [])).allSatisfy {
          acceptance.moved($0) == nil
        }
      }
      let least = matched.map(\.gate.margins.tolerated).min() ?? 0
      return widest
        ? "\(Self.percent(acceptance.share)) is within the \(Self.percent(least)) that the suite"
          + " tolerates of every point of \(quoted(acceptance.point)): it accepts nothing"
        : nil
    }
    let budgets = matched.flatMap { planned in
      [planned.gate.exact[metric]].compactMap { $0 }
        + planned.gate.judgedMetrics.filter { $0.metric.id == metric }.map(\.margins.tolerated)
    }
    guard let least = budgets.min() else {
      let known = Set(
        matched.flatMap { Array($0.gate.exact.keys) + $0.gate.judgedMetrics.map(\.metric.id) }
      ).sorted()
      return "no point of \(quoted(acceptance.point)) is judged by \(quoted(metric))"
        + didYouMean(metric, among: known)
        + (known.isEmpty
          ? "; the suite's 'gate:' names no metric for them"
          : "; judged are \(known.joined(separator: ", "))")
    }
    return acceptance.share <= least
      ? "\(quoted(metric)) may become worse by \(Self.percent(least)) anyhow: it accepts nothing"
      : nil
  }

  /// Points whose names are nearest to a pattern without its wildcards.
  private func nearest(to pattern: String) -> [String] {
    let word = String(pattern.filter { $0 != "*" && $0 != "?" }.prefix(200))
    var seen: Set<String> = []
    let names = points.map(\.point.name).filter { seen.insert($0).inserted }
    let ranked = names.map { name in
      // A pattern is often the beginning of what is meant.
      (
        name,
        min(Spelling.distance(word, String(name.prefix(word.count))), Spelling.distance(word, name))
      )
    }
    return ranked.enumerated().sorted { ($0.element.1, $0.offset) < ($1.element.1, $1.offset) }
      .prefix(Self.namesShown).map(\.element.0)
  }

  private static func percent(_ share: Double) -> String {
    let text = "\((share * 1e6).rounded() / 1e4)"
    return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + "%"
  }
}
