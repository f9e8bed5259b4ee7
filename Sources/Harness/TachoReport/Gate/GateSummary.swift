// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A gate's result in the order and the words that all formats share.
package struct GateSummary: Sendable {
  package let result: GateResult
  /// Members of the suite: failures first, of each kind those with the largest shift first.
  package let rows: [GateRow]
  package let sentinels: [GateRow]
  package let controls: [GateRow]
  /// Differences of series that no member stands for.
  package let looseDifferences: [GateDifference]

  package init(_ result: GateResult) {
    self.result = result
    let decisions = Self.first(result.decisions)
    let confirmations = Self.first(result.confirmations)
    // A series's differences are shown with its point; with its tail where there is no point.
    var owners: [String: String] = [:]
    for role in [GateMember.Role.point, .tail, .sentinel, .control] {
      for member in result.record.members where member.role == role {
        for series in member.series where owners[series] == nil { owners[series] = member.id }
      }
    }
    var differences: [String: [GateDifference]] = [:]
    var loose: [GateDifference] = []
    for difference in result.differences {
      if let owner = owners[difference.seriesID] {
        differences[owner, default: []].append(difference)
      } else {
        loose.append(difference)
      }
    }
    let rows = result.record.members.map { member in
      GateRow(
        member: member,
        // Never left out: a member without a verdict is one that nothing can be said of.
        decision: decisions[member.id]
          ?? GateDecision(
            memberID: member.id, verdict: .unmeasured, pairs: 0,
            reason: "the job has no verdict of it"),
        confirmation: confirmations[member.id],
        confirmedIn: result.record.series.first { $0.confirms == member.id }?.remark,
        cause: result.causes[member.id],
        differences: differences[member.id] ?? [],
        acceptance: member.accepted == nil
          ? nil
          : result.record.acceptances?.entries.first { $0.members[member.id] != nil })
    }
    sentinels = rows.filter { $0.member.role == .sentinel }
    controls = rows.filter { $0.member.role == .control }
    self.rows = Self.sorted(
      rows.filter { $0.member.role != .sentinel && $0.member.role != .control })
    looseDifferences = loose
  }

  package var failures: [GateRow] { rows.filter(\.isFailure) }
  package var passes: [GateRow] { rows.filter { !$0.isFailure && $0.decision.verdict == .pass } }
  /// Members that are neither failures nor passes.
  package var undecided: [GateRow] {
    rows.filter { !$0.isFailure && $0.decision.verdict != .pass }
  }

  private static func first(_ decisions: [GateDecision]) -> [String: GateDecision] {
    Dictionary(decisions.map { ($0.memberID, $0) }) { first, _ in first }
  }

  private static func sorted(_ rows: [GateRow]) -> [GateRow] {
    rows.sorted { left, right in
      if left.rank != right.rank { return left.rank < right.rank }
      let shifts = (
        left.decision.shift ?? -.infinity, right.decision.shift ?? -.infinity
      )
      if shifts.0 != shifts.1 { return shifts.0 > shifts.1 }
      return (left.member.name, left.member.id) < (right.member.name, right.member.id)
    }
  }

  // MARK: Sentences

  /// `FAIL`.
  package var verdict: String { result.outcome.rawValue.uppercased() }

  /// What the verdict says of what, in one sentence without the verdict's word.
  package var sentence: String {
    switch result.outcome {
    case .invalid:
      let more = result.invalid.count > 1 ? " (and \(result.invalid.count - 1) more)" : ""
      return "this job proves nothing: \(result.invalid.first ?? "a control failed")\(more)"
    case .fail: return failed + (rest.isEmpty ? "" : "; " + rest)
    case .inconclusive:
      let open = count(.inconclusive)
      return "\(open) of \(Plural.of(rows.count, "member")) could not be decided with the launch "
        + "pairs there were; " + rest
    case .pass:
      guard !rows.isEmpty else { return "nothing was judged" }
      return rest
    }
  }

  private func count(_ verdict: GateVerdict) -> Int {
    rows.count { !$0.isFailure && $0.decision.verdict == verdict }
  }

  private var failed: String {
    let slower = rows.filter { $0.decision.verdict == .fail }
    let broken = rows.count { $0.decision.verdict == .broken }
    let differing = result.differences.filter { $0.isFailure && $0.isOutput }
    let outputs = Set(differing.map(\.seriesID)).count
    let others = rows.count { row in
      row.decision.verdict == .different
        && !row.differences.contains { $0.isFailure && $0.isOutput }
    }
    let counts = result.differences.count { $0.isFailure && !$0.isOutput }
    var parts: [String] = []
    if let worst = slower.max(by: { ($0.decision.shift ?? 0) < ($1.decision.shift ?? 0) }) {
      let name = worst.member.name
      let shift = GateText.change(worst.decision.shift)
      parts.append(
        slower.count == 1
          ? "\(name) is slower than tolerated, by \(shift)"
          : "\(slower.count) members are slower than tolerated, \(name) by \(shift)")
    }
    if broken > 0 {
      parts.append("\(Plural.of(broken, "point")) of the base cannot be run in the candidate")
    }
    if outputs + others > 0 {
      parts.append("\(Plural.of(outputs + others, "point")) with another output than the base's")
    }
    if counts > 0 { parts.append("\(Plural.of(counts, "exact count")) beyond the budget") }
    return parts.joined(separator: "; ")
  }

  /// What became of the members that did not fail: `38 of 40 members are not slower by what must not
  /// pass, 2 skipped`.
  private var rest: String {
    var parts: [String] = []
    let passed = count(.pass)
    if passed > 0 {
      let margins = Set(passes.map(\.member.margins.mustNotPass))
      let margin = margins.count == 1 ? " (\(GateText.margin(margins.first ?? 0)))" : ""
      let verb = passed == 1 ? "is" : "are"
      parts.append(
        "\(passed) of \(Plural.of(rows.count, "member")) \(verb) not slower by what must not "
          + "pass\(margin)")
    }
    for (verdict, word) in [
      (GateVerdict.inconclusive, "undecided"), (.layout, "slower in one layout only"),
      (.skipped, "skipped"), (.unmeasured, "not measured"),
    ] {
      let number = count(verdict)
      if number > 0, !(verdict == .inconclusive && result.outcome == .inconclusive) {
        parts.append("\(number) \(word)")
      }
    }
    return parts.isEmpty && result.outcome != .fail ? "none passed" : parts.joined(separator: ", ")
  }

  /// Members without a verdict, those of one reason together: `inconclusive, 80 launch pairs show
  /// neither: decode q4_0, decode q8_0 and 3 more`.
  package var undecidedByReason: [String] {
    byReason(undecided.filter { $0.decision.verdict != .layout })
  }

  /// Members of one label and reason in one line.
  func byReason(_ rows: [GateRow]) -> [String] {
    var order: [[String]] = []
    var names: [[String]: [String]] = [:]
    for row in rows {
      let key = [row.label, row.reason]
      if names[key] == nil { order.append(key) }
      names[key, default: []].append(row.member.name)
    }
    return order.map { key in
      let all = names[key] ?? []
      let shown = all.prefix(Self.namesShown).joined(separator: ", ")
      let rest = all.count - Self.namesShown
      return "\(key[0]), \(key[1]): \(shown)" + (rest > 0 ? " and \(rest) more" : "")
    }
  }

  private static let namesShown = 6

  /// Which builds were compared: `base main (3f2a9c1d8e77), candidate worktree`.
  package var builds: String {
    "base \(GateText.build(result.record.base)), candidate \(GateText.build(result.record.candidate))"
  }

  /// How many of the points that the suite asks for have a verdict.
  package var coverage: String {
    let judged = result.judged.count { $0.member.role == .point }
    return "\(judged) of \(Plural.of(result.record.expected, "point")) judged"
  }

  /// Whether the job could have seen something: `sentinels 3 of 3 quiet, controls 2 of 2 detected`.
  package var controlsText: String {
    let quiet = sentinels.count(where: \.isQuiet)
    let detected = controls.count { $0.decision.verdict == .fail }
    let sentinelText =
      sentinels.isEmpty ? "no sentinels" : "sentinels \(quiet) of \(sentinels.count) quiet"
    let controlText =
      controls.isEmpty ? "no controls" : "controls \(detected) of \(controls.count) detected"
    return sentinelText + ", " + controlText
  }

  /// What the verdict says nothing of.
  package var unprotected: String {
    var margins: [String] = []
    for (role, noun) in [(GateMember.Role.point, "points"), (.group, "groups"), (.tail, "tails")] {
      let shares = Set(
        rows.filter { $0.member.role == role && $0.member.accepted == nil }
          .map(\.member.margins.tolerated)
      ).sorted()
      guard let least = shares.first, let most = shares.last else { continue }
      let range =
        least == most
        ? GateText.margin(least) : "\(GateText.margin(least)) to \(GateText.margin(most))"
      margins.append("\(range) of \(noun)")
    }
    if let most = rows.filter({ $0.member.accepted != nil }).map(\.member.margins.tolerated).max() {
      margins.append("up to \(GateText.margin(most)) where accepted")
    }
    let tails =
      rows.contains { $0.member.role == .tail } ? "tails beyond p95" : "the slow tail of samples"
    let below =
      margins.isEmpty
      ? "slowdowns below the tolerated margin"
      : "slowdowns below the tolerated margin (\(margins.joined(separator: ", ")))"
    return "not protected: \(below), \(tails), a cold machine, other processor models"
  }
}
