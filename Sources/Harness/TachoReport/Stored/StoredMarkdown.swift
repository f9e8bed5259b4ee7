// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis

/// A comparison with a stored sweep as a comment on a pull request; what does not fit is left out, and
/// said to be.
package enum StoredMarkdown {
  /// Marks a comment as this one, so that a job replaces its own.
  package static let marker = "<!-- tacho-gate-stored -->"

  package static func render(_ found: StoredComparison) -> String {
    let rows = StoredRows(found)
    let tail = "\n\(GateMarkdown.text(rows.warning))\n"
    var body = BoundedMarkdown(limit: GateMarkdown.limit - tail.utf8.count)
    body.add("\(marker)\n## Tacho: against a stored run, no verdict\n\n")
    body.add(rows.heading.map { "- \(GateMarkdown.text($0))\n" }.joined())
    let rules = StoredRows.titles.indices.map { StoredRows.numbers.contains($0) ? "---:" : "---" }
    let header = row(StoredRows.titles) + "|" + rules.joined(separator: "|") + "|\n"
    if rows.lines.isEmpty {
      body.add("\nNo point of the suite is on record.\n")
    } else {
      body.addRows(
        rows.lines.map { row($0.cells.map(GateMarkdown.text)) }, before: "\n" + header, share: 0.7)
    }
    body.addRows(rows.notes.map { "- \(GateMarkdown.text($0))\n" }, before: "\n", share: 1)
    return body.text + tail
  }

  private static func row(_ cells: [String]) -> String {
    "| " + cells.joined(separator: " | ") + " |\n"
  }
}
