// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// What each job of the gate came to: every member's change against the margins, why, and all figures.
package enum GateSection: ReportSection {
  package static let title = "Gate"

  /// Rows of one picture; of more, those nearest to zero are only in the table.
  static let plotted = 150

  package static func render(_ context: ReportContext) -> HTML? {
    guard !context.gates.isEmpty else { return nil }
    return HTML("div") {
      for gate in context.gates { job(GateSummary(gate), isOneOfSeveral: context.gates.count > 1) }
    }
  }

  private static func job(_ summary: GateSummary, isOneOfSeveral: Bool) -> HTML {
    HTML("div", ["class": "benchmark"]) {
      if isOneOfSeveral { HTML("h3") { "\(summary.builds), \(summary.result.startedAt)" } }
      HTML("p", ["class": "lead \(tint(of: summary.result.outcome))"]) {
        HTML("span", ["class": "verdict-word"]) { summary.verdict }
        ": " + spaced(summary.sentence) + "."
      }
      if summary.result.invalid.count > 1 {
        HTML("ul", ["class": "failures"]) {
          for reason in summary.result.invalid { HTML("li") { reason } }
        }
      }
      HTML("p", ["class": "quiet"]) {
        "\(summary.builds); \(summary.coverage); \(summary.controlsText)."
      }
      legend(summary)
      for panel in panels(summary) { figure(panel) }
      why(summary)
      differences(summary.result.differences)
      acceptances(summary)
      table(summary)
      HTML("p", ["class": "quiet"]) {
        "Shifts are of the candidate's time against the base's, with 95% intervals; evidence is a "
          + "natural logarithm, beside what the verdict needs."
      }
      HTML("p", ["class": "quiet"]) {
        // It begins a sentence here.
        summary.unprotected.prefix(1).uppercased() + spaced(summary.unprotected).dropFirst() + "."
      }
    }
  }

  // MARK: The picture

  /// Members that share their margins, and so a picture.
  private struct Panel {
    let title: String
    let remark: String?
    let margins: GateMargins
    let rows: [GateRow]
  }

  private static func panels(_ summary: GateSummary) -> [Panel] {
    var panels: [Panel] = []
    for (roles, title) in [
      ([GateMember.Role.point], "Points"), ([.group], "Groups"), ([.metric], "Metrics of points"),
      ([.tail], "Tails (p95)"),
      ([.sentinel, .control], "Sentinels and controls"),
    ] {
      let rows = (summary.rows + summary.sentinels + summary.controls).filter {
        roles.contains($0.member.role) && $0.decision.shift.map { expm1($0).isFinite } == true
      }
      var order: [GateMargins] = []
      for row in rows where !order.contains(row.member.margins) { order.append(row.member.margins) }
      order.sort { ($0.tolerated, $0.mustNotPass) < ($1.tolerated, $1.mustNotPass) }
      for margins in order {
        let all = rows.filter { $0.member.margins == margins }
          .sorted { ($0.decision.shift ?? 0) > ($1.decision.shift ?? 0) }
        let isAccepted = all.allSatisfy { $0.member.accepted != nil }
        let shown = mostTelling(all)
        let left = all.count - shown.count
        panels.append(
          Panel(
            title: isAccepted ? "\(title) with an accepted slowdown" : title,
            remark: left > 0
              ? "\(left) of \(all.count), passes nearest to zero, are only in the table" : nil,
            margins: margins, rows: shown))
      }
    }
    return panels
  }

  private static func mostTelling(_ rows: [GateRow]) -> [GateRow] {
    guard rows.count > plotted else { return rows }
    let passes = rows.filter { !$0.isFailure && $0.decision.verdict == .pass }
    let room = max(plotted - (rows.count - passes.count), 0)
    let kept = Set(
      passes.sorted { abs($0.decision.shift ?? 0) > abs($1.decision.shift ?? 0) }.prefix(room)
        .map(\.member.id))
    return rows.filter {
      $0.isFailure || $0.decision.verdict != .pass || kept.contains($0.member.id)
    }
  }

  private static func figure(_ panel: Panel) -> HTML {
    let plot = ForestPlot(
      name: panel.title,
      rows: panel.rows.map { row in
        ForestPlot.Row(
          label: DisplayWidth.oneLine(row.member.name), value: expm1(row.decision.shift ?? 0),
          interval: interval(row),
          mark: mark(of: row),
          text: spaced(GateText.shift(row.decision)),
          note: "\(row.member.name): \(row.label), \(spaced(GateText.shift(row.decision))), "
            + "\(Plural.of(row.decision.pairs, "launch pair")), \(row.reason)")
      }, tolerated: panel.margins.tolerated, mustNotPass: panel.margins.mustNotPass)
    return HTML("figure") {
      HTML("figcaption") {
        HTML("strong") { panel.title }
        if let remark = panel.remark { HTML("span", ["class": "quiet"]) { remark } }
      }
      plot.render()
    }
  }

  private static func interval(_ row: GateRow) -> ClosedRange<Double>? {
    guard let low = row.decision.low, let high = row.decision.high, low <= high,
      expm1(low).isFinite, expm1(high).isFinite
    else { return nil }
    return expm1(low)...expm1(high)
  }

  static func mark(of row: GateRow) -> ForestPlot.Mark {
    if row.isWatcher {
      return row.holds
        ? .init(style: row.member.role == .control ? 3 : 0, tint: "v-pass", isOpen: true)
        : .init(style: 5, tint: "v-fail", isOpen: true)
    }
    if row.isFailure {
      return .init(style: row.decision.verdict == .fail ? 1 : 5, tint: "v-fail")
    }
    switch row.decision.verdict {
    case .inconclusive: return .init(style: 2, tint: "v-open", isOpen: true)
    case .layout: return .init(style: 3, tint: "v-note")
    case .pass: return .init(style: 0, tint: "v-pass")
    default: return .init(style: 4, tint: "v-none", isOpen: true)
    }
  }

  private static func legend(_ summary: GateSummary) -> HTML {
    var order: [ForestPlot.Mark] = []
    var words: [ForestPlot.Mark: [String]] = [:]
    for row in summary.rows + summary.sentinels + summary.controls where row.decision.shift != nil {
      let mark = mark(of: row)
      let word = word(for: row)
      if words[mark] == nil { order.append(mark) }
      if words[mark]?.contains(word) != true { words[mark, default: []].append(word) }
    }
    return HTML("ul", ["class": "legend"]) {
      for mark in order {
        HTML("li") {
          mark.swatch
          (words[mark] ?? []).joined(separator: ", ")
        }
      }
    }
  }

  private static func word(for row: GateRow) -> String {
    switch (row.member.role, row.holds) {
    case (.control, true): "control, detected as it must be"
    case (.control, false): "control not detected"
    case (.sentinel, true): "sentinel, quiet as it must be"
    case (.sentinel, false): "sentinel not quiet"
    default: row.label.lowercased()
    }
  }

  private static func tint(of outcome: GateResult.Outcome) -> String {
    switch outcome {
    case .pass: "v-pass"
    case .fail, .invalid: "v-fail"
    case .inconclusive: "v-open"
    }
  }

  // MARK: Why

  private static func why(_ summary: GateSummary) -> HTML? {
    let rows = summary.rows.filter { $0.isFailure || $0.decision.verdict == .layout }
    let others = summary.undecidedByReason
    guard !rows.isEmpty || !others.isEmpty else { return nil }
    return HTML("ul", ["class": "why"]) {
      for row in rows {
        HTML("li", ["class": row.isFailure ? "v-fail" : "v-note"]) {
          HTML("strong") { row.member.name }
          " "
          HTML("span", ["class": "verdict-word"]) { row.label }
          row.decision.shift == nil ? "" : " " + spaced(GateText.shift(row.decision))
          ": " + row.reason
          if let confirmation = row.confirmationText { HTML("p") { spaced(confirmation) } }
          if let cause = row.cause {
            if !cause.text.isEmpty { HTML("p") { cause.text } }
            for line in cause.lines(most: 8) { HTML("p", ["class": "quiet"]) { spaced(line) } }
          }
        }
      }
      for text in others { HTML("li") { text } }
    }
  }

  private static func differences(_ differences: [GateDifference]) -> HTML? {
    guard !differences.isEmpty else { return nil }
    return block("Outputs and exact quantities that differ") {
      HTML("thead") {
        HTML("tr") {
          for name in ["point", "quantity", "base", "candidate", "change", "", "detail"] {
            HTML("th", ["scope": "col"]) { name }
          }
        }
      }
      HTML("tbody") {
        for difference in differences.filter(\.isFailure) + differences.filter({ !$0.isFailure }) {
          HTML("tr") {
            HTML("td", ["class": "long"]) { difference.name }
            HTML("td") { difference.quantity }
            HTML("td") { difference.base }
            HTML("td") { difference.candidate }
            HTML("td", ["class": "num", "data-value": difference.change.map { "\($0)" } ?? ""]) {
              difference.change.map { spaced(GateText.change(ofShare: $0)) } ?? "–"
            }
            HTML("td") {
              HTML("span", ["class": difference.isFailure ? "state bad" : "state ok"]) {
                difference.isFailure ? "fails" : "noted"
              }
            }
            HTML("td", ["class": "reason"]) { difference.detail }
          }
        }
      }
    }
  }

  /// What was accepted beside the suite, and how that bears on the comparison.
  private static func acceptances(_ summary: GateSummary) -> HTML? {
    let (rows, notes) = (summary.acceptances, summary.comparisonNotes)
    guard !rows.isEmpty || !notes.isEmpty else { return nil }
    return HTML("ul", ["class": "why acceptances"]) {
      for row in rows {
        HTML("li", ["class": row.isUnused ? "v-note" : "v-none"]) {
          HTML("strong") { "accepted" }
          " \(spaced(row.title)); \(spaced(row.status))"
        }
      }
      for note in notes { HTML("li") { note } }
    }
  }

  // MARK: The table

  private static func table(_ summary: GateSummary) -> HTML {
    block("Members") {
      HTML("thead") {
        HTML("tr") {
          for name in ["member", "kind", "verdict"] { HTML("th", ["scope": "col"]) { name } }
          for name in ["shift", "low", "high", "pairs"] {
            HTML("th", ["scope": "col", "class": "num", "data-name": name]) { name }
          }
          for name in ["evidence", "reason", "statistic"] { HTML("th", ["scope": "col"]) { name } }
        }
      }
      HTML("tbody") {
        for row in summary.rows + summary.sentinels + summary.controls { tableRow(row) }
      }
    }
  }

  private static func tableRow(_ row: GateRow) -> HTML {
    let decision = row.decision
    let isBad = row.isWatcher ? !row.holds : row.isFailure
    let isOpen = !row.isWatcher && !isBad && decision.verdict != .pass
    let accepted = row.acceptedText.map { "; accepted \($0)" } ?? ""
    return HTML("tr") {
      HTML("td", ["class": "long"]) { row.member.name }
      HTML("td") { row.member.role.rawValue }
      HTML("td", ["class": "short"]) {
        HTML("span", ["class": isBad ? "state bad" : isOpen ? "state open" : "state ok"]) {
          row.label
        }
      }
      share(decision.shift)
      share(decision.low)
      share(decision.high)
      HTML("td", ["class": "num"]) { "\(decision.pairs)" }
      HTML("td", ["class": "short"]) { GateText.evidence(decision) }
      HTML("td", ["class": "reason long"]) { row.reason + accepted }
      HTML("td") { row.member.statistic }
    }
  }

  private static func share(_ logRatio: Double?) -> HTML {
    HTML("td", ["class": "num", "data-value": logRatio.map { "\(expm1($0))" } ?? ""]) {
      spaced(GateText.change(logRatio))
    }
  }

  private static func block(_ name: String, @HTMLBuilder content: () -> HTML) -> HTML {
    HTML("div", ["class": "table-block"]) {
      HTML("h3") { name }
      HTML("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": name]) {
        HTML("table", ["class": "points"]) { content() }
      }
    }
  }

  /// Percent signs set apart, as in the rest of the report.
  private static func spaced(_ text: String) -> String {
    String(
      text.reduce(into: "") { result, character in
        if character == "%", result.last?.isNumber == true { result += "\u{202F}" }
        result.append(character)
      })
  }
}
