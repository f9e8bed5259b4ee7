// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A gate's result for a person at a terminal: the verdict first, then failures, then all others.
package enum GateTable: GateFormat {
  package static let name = "terminal"
  package static let summary = "verdict and aligned columns, failures first"

  /// Passes that are listed one by one; of more, their number, the surest and the least sure.
  static let passesListed = 8
  private static let gap = 2
  private static let narrowestName = 12
  private static let defaultWidth = 100
  private static let partsShown = 4

  package static func render(_ result: GateResult, _ context: GateContext) -> String {
    let summary = GateSummary(result)
    let width = max(context.width ?? defaultWidth, 20)
    var blocks: [[String]] = [
      wrapped("\(summary.verdict): \(summary.sentence)", width)
        + wrapped("\(summary.builds); \(summary.coverage)", width)
    ]
    let others = result.outcome == .invalid ? result.invalid.dropFirst() : []
    if !others.isEmpty { blocks.append(others.flatMap { wrapped("also: " + $0, width) }) }
    if !summary.rows.isEmpty { blocks.append(table(summary, context.width)) }
    blocks += summary.rows.compactMap { details(of: $0, width) }
    blocks.append(summary.undecidedByReason.flatMap { wrapped($0, width) })
    blocks.append(differences(summary, width))
    blocks.append(notes(summary, width))
    return blocks.filter { !$0.isEmpty }.map { lines in
      lines.map { line in
        String(DisplayWidth.oneLine(line).reversed().drop { $0 == " " }.reversed()) + "\n"
      }.joined()
    }.joined(separator: "\n")
  }

  // MARK: The table

  private struct Column {
    var title: String
    var isNumber: Bool
    var cells: [String]
    var width: Int {
      ([title] + cells).map { DisplayWidth.of(DisplayWidth.oneLine($0)) }.max() ?? 0
    }
  }

  private static func table(_ summary: GateSummary, _ limit: Int?) -> [String] {
    let folds = summary.passes.count > passesListed
    let skips = summary.undecided.count { $0.decision.verdict == .skipped }
    let rows = summary.rows.filter { row in
      if row.isFailure { return true }
      switch row.decision.verdict {
      case .pass: return !folds
      case .skipped: return skips <= passesListed
      default: return true
      }
    }
    var lines: [String] = []
    if !rows.isEmpty {
      var columns = columns(rows)
      var dropped: [String] = []
      let widest = columns[0].width
      while let limit, columns.count > 3, let last = columns.last,
        total(columns) - widest + min(widest, 2 * narrowestName) > limit
      {
        dropped.insert(last.title, at: 0)
        columns.removeLast()
      }
      var widths = columns.map(\.width)
      if let limit {
        widths[0] = max(min(narrowestName, widest), widest - max(0, total(columns) - limit))
      }
      lines.append(line(columns.map(\.title), columns, widths))
      lines.append(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
      for index in rows.indices {
        lines.append(line(columns.map { $0.cells[index] }, columns, widths))
      }
      lines = lines.map { line in limit.map { DisplayWidth.cut(line, to: $0) } ?? line }
      if !dropped.isEmpty {
        lines += wrapped("not shown for lack of width: \(dropped.joined(separator: ", "))", limit)
      }
    }
    if folds {
      if !rows.isEmpty { lines.append("") }
      lines += wrapped(folded(summary.passes), limit ?? defaultWidth)
    }
    return lines
  }

  private static func total(_ columns: [Column]) -> Int {
    columns.reduce(gap * (columns.count - 1)) { $0 + $1.width }
  }

  private static func columns(_ rows: [GateRow]) -> [Column] {
    [
      Column(
        title: "member", isNumber: false,
        cells: rows.map { row in
          row.roleText.isEmpty ? row.member.name : "\(row.member.name) (\(row.roleText))"
        }),
      Column(title: "verdict", isNumber: false, cells: rows.map(\.label)),
      Column(
        title: "shift", isNumber: true, cells: rows.map { GateText.change($0.decision.shift) }),
      Column(
        title: "95% interval", isNumber: true, cells: rows.map { GateText.interval($0.decision) }),
      Column(title: "pairs", isNumber: true, cells: rows.map { "\($0.decision.pairs)" }),
      Column(
        title: "evidence", isNumber: false, cells: rows.map { GateText.evidence($0.decision) }),
    ]
      + (rows.contains { $0.decision.base != nil }
        ? [Column(title: "values", isNumber: false, cells: rows.map(GateText.values))] : [])
  }

  private static func line(_ cells: [String], _ columns: [Column], _ widths: [Int]) -> String {
    zip(zip(cells, columns), widths).map { pair, width in
      let text = DisplayWidth.cut(pair.0, to: width)
      let padding = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
      return pair.1.isNumber ? padding + text : text + padding
    }.joined(separator: String(repeating: " ", count: gap))
  }

  /// Many passes in one sentence.
  static func folded(_ passes: [GateRow]) -> String {
    var text = "\(passes.count) members pass"
    let known = passes.filter { $0.decision.shift != nil }
    let worst = known.max { left, right in
      (left.decision.high ?? left.decision.shift ?? 0)
        < (right.decision.high ?? right.decision.shift ?? 0)
    }
    if let worst {
      text += "; worst \(worst.member.name) \(GateText.shift(worst.decision))"
    }
    func spread(_ row: GateRow) -> Double {
      guard let low = row.decision.low, let high = row.decision.high else { return .infinity }
      return high - low
    }
    if let tightest = known.min(by: { spread($0) < spread($1) }), spread(tightest) < .infinity {
      text += "; tightest \(tightest.member.name) \(GateText.shift(tightest.decision))"
    }
    return text
  }

  // MARK: Below the table

  /// Why a member failed, or failed in one layout.
  private static func details(of row: GateRow, _ width: Int) -> [String]? {
    guard row.isFailure || row.decision.verdict == .layout else { return nil }
    var lines = wrapped("\(row.label) \(row.member.name): \(row.reason)", width)
    var more: [String] = []
    if let confirmation = row.confirmationText { more.append(confirmation) }
    if let cause = row.cause {
      if !cause.text.isEmpty { more.append(cause.text) }
      more += cause.lines(most: partsShown)
    }
    for text in more { lines += wrapped(text, width, indent: 4) }
    return lines
  }

  private static func differences(_ summary: GateSummary, _ width: Int) -> [String] {
    let all = summary.result.differences
    return (all.filter(\.isFailure) + all.filter { !$0.isFailure }).flatMap { difference in
      wrapped((difference.isFailure ? "DIFFERS  " : "differs  ") + difference.sentence, width)
    }
  }

  private static func notes(_ summary: GateSummary, _ width: Int) -> [String] {
    var notes = summary.rows.compactMap { row in
      row.acceptedText.map { "accepted: \(row.member.name) \($0)" }
    }
    notes += summary.acceptances.filter { $0.need != .needed || !$0.entry.counts.isEmpty }.map {
      "acceptance \($0.title); \($0.status)"
    }
    notes += summary.comparisonNotes
    notes.append(summary.controlsText)
    for row in summary.sentinels + summary.controls where !row.holds {
      notes.append(
        "\(row.member.role.rawValue) \(row.member.name): \(row.label), \(row.decision.verdict.rawValue), "
          + "\(GateText.shift(row.decision)), \(row.decision.reason)")
    }
    if !summary.rows.isEmpty {
      notes.append(
        "shift: candidate's time against the base's, or its metric's loss; evidence: natural logarithm, of what the verdict needs"
      )
    }
    notes.append(summary.unprotected)
    return notes.flatMap { wrapped($0, width) }
  }

  /// Lines of at most `width` columns, broken at spaces; a longer word has a line of its own.
  static func wrapped(_ text: String, _ width: Int?, indent: Int = 0) -> [String] {
    let margin = String(repeating: " ", count: indent)
    guard let width else { return [margin + text] }
    var lines: [String] = []
    var line = margin
    var used = indent
    for word in DisplayWidth.oneLine(text).split(separator: " ") {
      let columns = DisplayWidth.of(String(word))
      if used > indent, used + 1 + columns > width {
        lines.append(line)
        (line, used) = (margin, indent)
      }
      if used > indent { (line, used) = (line + " ", used + 1) }
      line += word
      used += columns
    }
    return used > indent ? lines + [line] : lines
  }
}
