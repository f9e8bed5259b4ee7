// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// A gate's result as JUnit XML, which most CI systems read: a test case for each member.
///
/// A member that fails is a failure; what could not be measured, and a sentinel or control that did not
/// hold, an error; a skipped or undecided member is skipped, with why. JUnit has no inconclusive: the
/// job's exit code tells it from a pass.
package enum GateJUnit: GateFormat {
  package static let name = "junit"
  package static let summary = "JUnit XML: a test case for each member"

  /// What a test case came to.
  private enum State {
    case passed
    case failure(type: String, message: String, text: String)
    case error(type: String, message: String)
    case skipped(message: String)
  }

  private struct Case {
    let className: String
    let name: String
    let seconds: Double?
    let state: State
  }

  package static func render(_ result: GateResult, _ context: GateContext) -> String {
    let summary = GateSummary(result)
    let cases = cases(summary, context)
    let counts: (Int, Int, Int) = cases.reduce(into: (0, 0, 0)) { counts, test in
      switch test.state {
      case .passed: break
      case .failure: counts.0 += 1
      case .error: counts.1 += 1
      case .skipped: counts.2 += 1
      }
    }
    let suite = context.suitePath ?? "suite"
    let time = seconds(from: result.startedAt, to: result.finishedAt)
    var xml = XMLText()
    xml.element(
      "testsuites",
      [
        "name": "tacho gate", "tests": "\(cases.count)", "failures": "\(counts.0)",
        "errors": "\(counts.1)", "skipped": "\(counts.2)", "time": time.map(text),
      ]
    ) { xml in
      xml.element(
        "testsuite",
        [
          "name": "tacho gate \(suite)", "tests": "\(cases.count)", "failures": "\(counts.0)",
          "errors": "\(counts.1)", "skipped": "\(counts.2)", "time": time.map(text),
          "timestamp": result.startedAt, "hostname": context.machine?.name,
        ]
      ) { xml in
        xml.element("properties", [:]) { xml in
          for (name, value) in properties(summary, context) {
            xml.empty("property", ["name": name, "value": value])
          }
        }
        for test in cases { write(test, &xml) }
        xml.element(
          "system-out", [:], text: GateTable.render(result, GateContext(width: nil)))
      }
    }
    return xml.text
  }

  private static func cases(_ summary: GateSummary, _ context: GateContext) -> [Case] {
    var cases = (summary.rows + summary.sentinels + summary.controls).map { row in
      Case(
        className: "gate." + row.member.role.rawValue, name: row.member.name,
        seconds: context.seconds[row.member.id], state: state(of: row))
    }
    cases += summary.looseDifferences.filter(\.isFailure).map { difference in
      Case(
        className: "gate.difference", name: "\(difference.name) \(difference.quantity)",
        seconds: nil,
        state: .failure(
          type: difference.isOutput ? "different" : "count", message: difference.sentence,
          text: difference.sentence))
    }
    cases += summary.acceptances.map { row in
      Case(
        className: "gate.acceptance", name: row.name, seconds: nil,
        state: row.need == .needed
          ? .passed : .skipped(message: "\(row.title); \(row.status)"))
    }
    cases += summary.result.invalid.enumerated().map { index, reason in
      Case(
        className: "gate.job", name: "validity \(index + 1)", seconds: nil,
        state: .error(type: "invalid", message: reason))
    }
    return distinct(cases)
  }

  /// Readers take test cases of one class and name for one: a number tells them apart.
  private static func distinct(_ cases: [Case]) -> [Case] {
    var seen: [String: Int] = [:]
    return cases.map { test in
      let key = test.className + "\u{0}" + test.name
      let number = seen[key, default: 0] + 1
      seen[key] = number
      return number == 1
        ? test
        : Case(
          className: test.className, name: "\(test.name) #\(number)", seconds: test.seconds,
          state: test.state)
    }
  }

  private static func state(of row: GateRow) -> State {
    let figures = "\(row.label) \(GateText.shift(row.decision)): \(row.reason)"
    if row.isWatcher {
      return row.holds ? .passed : .error(type: row.member.role.rawValue, message: figures)
    }
    if row.isFailure {
      var lines = [
        figures, "pairs \(row.decision.pairs), evidence \(GateText.evidence(row.decision))",
      ]
      if let confirmation = row.confirmationText { lines.append(confirmation) }
      if let cause = row.cause { lines += [cause.text] + cause.lines(most: 10) }
      lines += row.differences.map(\.sentence)
      return .failure(
        type: row.label.lowercased(), message: figures, text: lines.joined(separator: "\n"))
    }
    switch row.decision.verdict {
    case .inconclusive, .skipped: return .skipped(message: figures)
    case .unmeasured: return .error(type: "unmeasured", message: row.reason)
    case .pass, .layout, .fail, .different, .broken: return .passed
    }
  }

  private static func write(_ test: Case, _ xml: inout XMLText) {
    let attributes: KeyValuePairs<StaticString, String?> = [
      "classname": test.className, "name": test.name, "time": test.seconds.map(text),
    ]
    if case .passed = test.state { return xml.empty("testcase", attributes) }
    xml.element("testcase", attributes) { xml in
      switch test.state {
      case .passed: break
      case .failure(let type, let message, let text):
        xml.element("failure", ["type": type, "message": message], text: text)
      case .error(let type, let message):
        xml.element("error", ["type": type, "message": message], text: message)
      case .skipped(let message): xml.empty("skipped", ["message": message])
      }
    }
  }

  private static func properties(
    _ summary: GateSummary, _ context: GateContext
  ) -> [(String, String)] {
    let record = summary.result.record
    var properties = [
      ("verdict", summary.verdict), ("statement", summary.sentence), ("sweep", record.sweepID),
      ("seed", "\(record.seed)"), ("controls", summary.controlsText),
    ]
    for (side, build) in [("base", record.base), ("candidate", record.candidate)] {
      properties.append(("\(side).reference", build.reference))
      if let revision = build.revision { properties.append(("\(side).revision", revision)) }
      properties.append(("\(side).build", build.buildID))
      properties.append(("\(side).sha256", build.digest))
    }
    for row in summary.acceptances {
      properties.append(("accepted \(row.name)", "\(row.title); \(row.status)"))
    }
    if let release = record.release { properties.append(("release", release)) }
    if let machine = context.machineText { properties.append(("machine", machine)) }
    if let command = context.command { properties.append(("command", command)) }
    return properties
  }

  private static func text(_ seconds: Double) -> String {
    // Locale-free, as `xs:decimal` has it.
    String(format: "%.3f", seconds)
  }

  /// Of two times in ISO 8601; nil when one is not.
  static func seconds(from start: String, to end: String) -> Double? {
    guard let start = date(start), let end = date(end), end >= start else { return nil }
    return end.timeIntervalSince(start)
  }

  static func date(_ text: String) -> Date? {
    for options: ISO8601DateFormatter.Options in [
      [.withInternetDateTime, .withFractionalSeconds], [.withInternetDateTime],
    ] {
      let formatter = ISO8601DateFormatter()
      formatter.formatOptions = options
      if let date = formatter.date(from: text) { return date }
    }
    return nil
  }
}
