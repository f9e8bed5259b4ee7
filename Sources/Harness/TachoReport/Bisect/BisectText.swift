// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
import TachoRecord

/// A bisection for a person at a terminal: the answer, then every comparison in the order of the history.
package enum BisectText {
  package static func render(_ report: BisectReport) -> String {
    (answer(report) + [""] + table(report)).map { line in
      var line = DisplayWidth.oneLine(line)
      while line.hasSuffix(" ") { line.removeLast() }
      return line + "\n"
    }.joined()
  }

  /// One comparison's verdict and figures: `slower: gemv q4_k +4.10% [+3.60%, +4.70%], 26 launch pairs`.
  package static func line(_ trial: BisectTrial, _ direction: BisectDirection) -> String {
    let figures = figures(trial)
    var text = word(trial, direction)
    if !figures.isEmpty { text += ": " + figures }
    if !trial.reason.isEmpty { text += (figures.isEmpty ? ": " : "; ") + trial.reason }
    if trial.hasOtherOutput { text += "; its output differs too" }
    return text
  }

  private static func word(_ trial: BisectTrial, _ direction: BisectDirection) -> String {
    switch trial.verdict {
    case .changed: direction.rawValue
    case .unchanged: "not \(direction.rawValue)"
    case .undecided: "undecided"
    case .invalid: "invalid"
    case .notBuilt: "does not build"
    case .notRun: "does not run"
    }
  }

  private static func figures(_ trial: BisectTrial) -> String {
    trial.members.filter { $0.shift != nil }.map { member in
      "\(member.name) \(change(member)), \(Plural.of(member.pairs, "launch pair"))"
    }.joined(separator: "; ")
  }

  private static func change(_ member: BisectTrial.Member) -> String {
    GateText.shift(
      GateDecision(
        memberID: "", verdict: member.verdict, pairs: member.pairs, shift: member.shift,
        low: member.low, high: member.high, reason: ""))
  }

  // MARK: The answer

  private static func answer(_ report: BisectReport) -> [String] {
    switch report.ending {
    case .noChange(let trial): return noChange(report, trial)
    case .found(let hash, let trial):
      var lines = ["first \(report.word) commit: \(report.title(hash))"]
      if let note = report.notes[hash] { lines.append("  of \(note.date)") }
      lines += confirmation(report, trial)
      lines.append("  look at it: git show \(CommitNote.short(hash))")
      if let command = report.mergeCommand(hash) {
        lines.append("  it is a merge; to search the branch it brought in: \(command)")
      }
      return lines
    case .among(let hashes, let trial):
      return [
        "one of these \(hashes.count) commits; all but the last gave no answer and were passed over:"
      ] + hashes.map { "  " + report.title($0) } + confirmation(report, trial)
    }
  }

  private static func noChange(_ report: BisectReport, _ trial: BisectTrial) -> [String] {
    let ends = "\(report.title(trial.revision)) against \(report.title(trial.reference))"
    switch trial.verdict {
    case .changed, .unchanged:
      return [
        "nothing to find: the end of the range is not \(report.word) than its beginning",
        "  " + ends,
        "  " + line(trial, report.record.direction),
      ]
    case .undecided:
      return [
        "cannot tell whether the end of the range is \(report.word) than its beginning",
        "  " + ends,
        "  " + line(trial, report.record.direction),
        "  give it more launch pairs (--set gate.pairs=160), more time (--budget) or a quieter machine "
          + "(tacho doctor), and --restart",
      ]
    case .invalid:
      return [
        "the ends cannot be compared: the job proves nothing", "  " + ends,
        "  " + line(trial, report.record.direction),
        "  when that is mended, --restart",
      ]
    case .notBuilt, .notRun:
      return [
        "the ends cannot be compared: one of them does not run what is measured", "  " + ends,
        "  " + line(trial, report.record.direction),
        "  choose other ends, or other points (--filter)",
      ]
    }
  }

  /// What the last comparison says, and why.
  private static func confirmation(_ report: BisectReport, _ trial: BisectTrial) -> [String] {
    let before = report.title(trial.reference)
    var lines: [String] = []
    if trial.verdict == .changed {
      lines.append("  \(report.word) than \(before):")
      lines += trial.members.map { member in
        "    \(member.name) \(change(member)), \(Plural.of(member.pairs, "launch pair"))"
          + (member.verdict == .fail ? "" : " (\(member.verdict.rawValue))")
      }
      if let cause = trial.cause { lines.append("  why: \(cause)") }
      if trial.hasOtherOutput { lines.append("  its output differs too") }
      let other = trial.members.filter { $0.verdict != .fail }.map(\.name)
      if !other.isEmpty {
        lines.append(
          "  not seen here: \(other.joined(separator: ", ")); search for it by itself with --filter"
        )
      }
    } else {
      lines.append("  NOT CONFIRMED against \(before):")
      lines.append("    " + line(trial, report.record.direction))
      lines.append(
        "    the change may have come in several small steps, or a comparison was wrong; the table "
          + "shows where shifts begin")
    }
    lines.append("  measure it again: \(report.gateCommand(trial.reference, trial.revision))")
    return lines
  }

  // MARK: The table

  private static func table(_ report: BisectReport) -> [String] {
    let record = report.record
    let places = Dictionary(zip(record.revisions, record.revisions.indices)) { first, _ in first }
    let trials = record.trials.enumerated().sorted { a, b in
      let left = (a.element.stage == .last ? 1 : 0, places[a.element.revision] ?? -1, a.offset)
      let right = (b.element.stage == .last ? 1 : 0, places[b.element.revision] ?? -1, b.offset)
      return left < right
    }.map(\.element)
    let rows =
      [["commit", "against", "verdict", "change", "subject"]]
      + trials.map { trial in
        [
          CommitNote.short(trial.revision), CommitNote.short(trial.reference),
          word(trial, record.direction),
          trial.members.compactMap { $0.shift == nil ? nil : change($0) }.joined(separator: "; "),
          report.notes[trial.revision]?.subject ?? "",
        ]
      }
    let widths = (0..<4).map { column in rows.map { DisplayWidth.of($0[column]) }.max() ?? 0 }
    var lines = rows.map { row in
      zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: max(0, width - DisplayWidth.of(cell)))
      }.joined(separator: "  ") + "  " + DisplayWidth.cut(row[4], to: 60)
    }
    lines.insert(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "), at: 1)
    let names = record.followed.map { member in
      "\(member.name), tolerated \(GateText.margin(rounded(member.margins.tolerated))), must not pass "
        + GateText.margin(rounded(member.margins.mustNotPass))
    }
    if !names.isEmpty { lines.append("followed: \(names.joined(separator: "; "))") }
    return lines
  }

  /// Margins made of a measured change have no digits that a person chose.
  private static func rounded(_ share: Double) -> Double { (share * 10_000).rounded() / 10_000 }
}
