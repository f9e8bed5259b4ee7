// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A gate's result as a comment on a pull request.
///
/// Its first line is a comment by which a job finds its own earlier comment to replace it. GitHub takes
/// 65,536 characters; what does not fit is left out, passes first, and the comment says how much.
package enum GateMarkdown: GateFormat {
  package static let name = "md"
  package static let summary = "comment on a pull request"

  /// Marks a comment as the gate's.
  package static let marker = "<!-- tacho-gate -->"
  /// Bytes of UTF-8, of which there are never fewer than characters.
  package static let limit = 65_000

  private static let nameLimit = 160
  private static let textLimit = 1_500
  private static let partsShown = 6

  package static func render(_ result: GateResult, _ context: GateContext) -> String {
    let summary = GateSummary(result)
    let tail = conditions(summary, context)
    var body = BoundedMarkdown(limit: limit - tail.utf8.count)
    body.add("\(marker)\n## Tacho gate: \(summary.verdict)\n\n\(text(summary.sentence)).\n")
    body.add("\n\(text(summary.builds)); \(summary.coverage); \(summary.controlsText).\n")
    if result.invalid.count > 1 {
      body.addRows(result.invalid.map { "- \(text($0))\n" }, before: "\n", share: 0.15)
    }
    let urgent = summary.rows.filter { $0.isFailure || $0.decision.verdict == .inconclusive }
    body.addRows(urgent.map(row), before: "\n" + header, share: 0.45)
    body.addRows(differences(result), before: "\n", share: 0.6)
    body.addRows(acceptances(summary), before: "\n", share: 0.65)
    body.addRows(reasons(summary), before: "\n", share: 0.85)
    let others = summary.rows.filter { !$0.isFailure && $0.decision.verdict != .inconclusive }
    let title = "\(Plural.of(others.count, "other member"))"
    body.addRows(
      others.map(row), before: "\n<details><summary>\(title)</summary>\n\n" + header,
      after: "\n</details>\n", share: 0.97)
    let watchers = summary.sentinels + summary.controls
    body.addRows(
      watchers.map(row),
      before: "\n<details><summary>Sentinels and controls</summary>\n\n" + header,
      after: "\n</details>\n", share: 1)
    return body.text + tail
  }

  // MARK: Tables

  private static let header = """
    | member | verdict | shift | 95% interval | pairs | evidence | base → candidate |
    |---|---|---:|---:|---:|---|---|

    """

  private static func row(_ row: GateRow) -> String {
    let role = row.roleText.isEmpty ? "" : " (\(row.roleText))"
    let accepted = row.acceptedText.map { "; accepted \(text($0))" } ?? ""
    let isBad = row.isWatcher ? !row.holds : row.isFailure
    let verdict = isBad ? "**\(row.label)**" : row.label
    let cells = [
      name(row.member.name) + role, verdict + accepted, GateText.change(row.decision.shift),
      GateText.interval(row.decision), "\(row.decision.pairs)", GateText.evidence(row.decision),
      GateText.values(row).replacing("->", with: "→"),
    ]
    return "| " + cells.joined(separator: " | ") + " |\n"
  }

  private static func differences(_ result: GateResult) -> [String] {
    let all = result.differences
    return (all.filter(\.isFailure) + all.filter { !$0.isFailure }).map { difference in
      let change = difference.change.map { " (\(GateText.change(ofShare: $0)))" } ?? ""
      let detail = difference.detail.isEmpty ? "" : ": \(text(difference.detail))"
      let word = difference.isFailure ? "**differs**" : "differs"
      return "- \(name(difference.name)) \(word): \(text(difference.quantity)) "
        + "\(name(difference.base)) → \(name(difference.candidate))\(change)\(detail)\n"
    }
  }

  /// What was accepted beside the suite, and how that bears on the comparison.
  private static func acceptances(_ summary: GateSummary) -> [String] {
    summary.acceptances.map { row in
      let word = row.isUnused ? "**acceptance**" : "acceptance"
      return "- \(word) \(text(row.title)); \(text(row.status))\n"
    } + summary.comparisonNotes.map { "- \(text($0))\n" }
  }

  /// Why, folded: one block for each failure, then what else is not a pass.
  private static func reasons(_ summary: GateSummary) -> [String] {
    let explained = summary.rows.filter { $0.isFailure || $0.decision.verdict == .layout }
    let blocks = explained.map { row in
      var lines = [text(row.reason)]
      if let confirmation = row.confirmationText { lines.append(text(confirmation)) }
      if let cause = row.cause {
        if !cause.text.isEmpty { lines.append(text(cause.text)) }
        lines += cause.lines(most: partsShown).map(text)
      }
      let items = lines.map { "- \($0)\n" }.joined()
      return
        "<details><summary>Why \(htmlName(row.member.name)): \(row.label)</summary>\n\n\(items)\n"
        + "</details>\n"
    }
    return blocks + summary.undecidedByReason.map { "\n\(text($0))\n" }
  }

  /// What was measured on, how to repeat it, and what it does not say: kept whatever is cut.
  private static func conditions(_ summary: GateSummary, _ context: GateContext) -> String {
    let record = summary.result.record
    var lines: [String] = []
    if let machine = context.machineText { lines.append("machine: \(text(machine))") }
    for (side, build) in [("base", record.base), ("candidate", record.candidate)] {
      let revision = build.revision.map { ", revision \(name($0))" } ?? ""
      lines.append(
        "\(side): \(name(build.reference))\(revision), build \(name(build.buildID)), "
          + "SHA-256 \(name(build.digest))")
    }
    lines.append(
      "started \(text(summary.result.startedAt)), finished \(text(summary.result.finishedAt)), "
        + "seed \(record.seed)")
    var block = "\n<details><summary>Machine, builds and how to repeat it</summary>\n\n"
    block += lines.map { "- \($0)\n" }.joined()
    if let command = context.command {
      let fence = fence(for: command)
      block += "\n\(fence)sh\n\(clipped(command, 4 * textLimit))\n\(fence)\n"
    }
    return block + "\n</details>\n\n<sub>\(text(summary.unprotected))</sub>\n"
  }

  // MARK: Escaping

  /// Text that is shown as it is, calls nobody and refers to no issue.
  static func text(_ text: String) -> String {
    inert(MarkdownTable.escaped(clipped(text, textLimit)))
  }

  /// A name in the font of code.
  static func name(_ name: String) -> String {
    "<code>" + inert(MarkdownTable.escaped(clipped(name, nameLimit))) + "</code>"
  }

  /// A name on a line that begins an HTML block, where Markdown's escapes would be shown.
  private static func htmlName(_ name: String) -> String {
    let line = DisplayWidth.oneLine(clipped(name, nameLimit))
    return "<code>" + HTML.escaped(inert(line, escapingTildes: false)) + "</code>"
  }

  private static func clipped(_ text: String, _ limit: Int) -> String {
    GateText.clipped(text, to: limit)
  }

  /// A word joiner after `@`, and after `#` before a digit, keeps GitHub from seeing a user or an issue.
  private static func inert(_ text: String, escapingTildes: Bool = true) -> String {
    var result = ""
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      if previous == "@" || (previous == "#" && ("0"..."9").contains(scalar)) {
        result.unicodeScalars.append("\u{2060}")
      }
      if scalar == "~", escapingTildes { result += "\\" }
      result.unicodeScalars.append(scalar)
      previous = scalar
    }
    return result
  }

  /// More backticks than stand together anywhere in the text, three at least.
  static func fence(for text: String) -> String {
    var longest = 0
    var current = 0
    for character in text {
      current = character == "`" ? current + 1 : 0
      longest = max(longest, current)
    }
    return String(repeating: "`", count: max(3, longest + 1))
  }
}
