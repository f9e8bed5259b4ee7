// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A gate's result as GitHub workflow commands, to be printed by the job.
///
/// GitHub shows ten errors of a step and drops the rest without a word: of more than ten, nine are
/// written and the tenth says how many more there are. What only warns is one line.
package enum GateAnnotations: GateFormat {
  package static let name = "github"
  package static let summary = "workflow commands that annotate a GitHub job"

  package static let errorLimit = 10
  private static let messageLimit = 2_000
  private static let titleLimit = 200

  package static func render(_ result: GateResult, _ context: GateContext) -> String {
    let summary = GateSummary(result)
    let findings = GateFinding.all(in: summary)
    let errors = findings.filter { $0.level == .error }
    let listed = errors.count > errorLimit ? errorLimit - 1 : errors.count
    var lines = errors.prefix(listed).map { finding in
      command("error", "\(finding.rule.title): \(finding.name)", finding.message, context)
    }
    if errors.count > listed {
      let names = errors.dropFirst(listed).map(\.name).joined(separator: ", ")
      lines.append(
        command(
          "error", "Tacho gate: \(errors.count - listed) more",
          "\(summary.sentence). Also: \(names)",
          context))
    }
    let warnings = findings.filter { $0.rule == .undecided }
    if !warnings.isEmpty {
      lines.append(
        command(
          "warning", "Tacho gate: \(warnings.count) not decided",
          summary.byReason(warnings.compactMap(\.row)).joined(separator: "\n"), context))
    }
    let unneeded = findings.filter { $0.rule == .unneededAcceptance }
    if !unneeded.isEmpty {
      lines.append(
        command(
          "warning", "Tacho gate: \(Plural.of(unneeded.count, "acceptance")) not needed",
          unneeded.map(\.message).joined(separator: "\n"), context))
    }
    let spent = findings.filter { $0.rule == .spentAcceptance }
    if !spent.isEmpty {
      lines.append(
        command(
          "notice", "Tacho gate: \(Plural.of(spent.count, "acceptance")) without effect",
          spent.map(\.message).joined(separator: "\n"), context))
    }
    let notes = findings.filter { $0.rule == .layout }
    if !notes.isEmpty {
      lines.append(
        command(
          "notice", "Tacho gate: \(notes.count) slower in one layout only",
          notes.map(\.message).joined(separator: "\n"), context))
    }
    lines.append(
      command(
        "notice", "Tacho gate: \(summary.verdict)",
        "\(summary.sentence). \(summary.controlsText); \(summary.unprotected)", context))
    return lines.map { $0 + "\n" }.joined()
  }

  private static func command(
    _ kind: String, _ title: String, _ message: String, _ context: GateContext
  ) -> String {
    var properties: [String] = []
    if let path = context.suitePath { properties += ["file=\(property(path))", "line=1"] }
    properties.append("title=\(property(GateText.clipped(title, to: titleLimit)))")
    return "::\(kind) \(properties.joined(separator: ","))::"
      + data(GateText.clipped(message, to: messageLimit))
  }

  /// A message: only what would end it or begin an escape.
  static func data(_ text: String) -> String {
    String(
      text.unicodeScalars.reduce(into: "".unicodeScalars) { result, scalar in
        switch scalar {
        case "%": result += "%25".unicodeScalars
        case "\r": result += "%0D".unicodeScalars
        case "\n": result += "%0A".unicodeScalars
        // Escape sequences of terminals and the like.
        case "\0"..<" ", "\u{7F}"..<"\u{A0}": result.append(" ")
        default: result.append(scalar)
        }
      })
  }

  /// A property: also what separates properties from each other and from the message.
  static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}
