// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoBuilds
import TachoPlan
import TachoRecord
import TachoReport
import TachoStore
import TachoSuite
import TachoWorkloads

/// Writes, lists and removes the slowdowns that a review accepts.
struct AcceptCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accept", abstract: "Accept a slowdown: a reviewed line beside the suite.",
    discussion: """
      tacho accept 'decode *' --up-to 1.06 --reason "bounds are checked" --expires 90d writes a line \
      into the file beside the suite (suites/gate.accepted.yaml of suites/gate.yaml), to be reviewed \
      and committed with the change that needs it. tacho gate moves the margins of the points it \
      covers for that change, and of nothing else; docs/gate.md says how.
      """)

  @Argument(help: "Points by 'benchmark label', as the gate prints them: * is any text.")
  var point: String?

  @Option(help: "The suite.")
  var suite = "suites/gate.yaml"

  @Option(help: "The ratio to the base up to which it is accepted: 1.06 or 6%.")
  var upTo: String?

  @Option(help: "Why, in a sentence; reports show it.")
  var reason: String?

  @Option(help: "The last day on which it holds: 2027-01-31, or 90d from today.")
  var expires: String?

  @Option(help: "One of the suite's 'gate: { metrics: ..., exact: ... }'; the time when left out.")
  var metric: String?

  @Option(help: "The revision it is accepted against, kept for who reads the line.")
  var base: String?

  @Flag(help: "Show what is accepted, with the days left.")
  var list = false

  @Flag(help: "Remove the line of this pattern (and --metric).")
  var remove = false

  @Option(
    help: ArgumentHelp(
      "Exit with 1 when a gate's result shows an acceptance that nothing needs.",
      valueName: "result.json or store"))
  var check: String?

  func validate() throws {
    guard [list, remove, check != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError("choose one of --list, --remove and --check")
    }
    let fixed = [("--up-to", upTo), ("--reason", reason), ("--expires", expires), ("--base", base)]
    if list || remove || check != nil {
      if let (name, _) = fixed.first(where: { $0.1 != nil }) {
        throw ValidationError("\(name) is for accepting, not for --list, --remove or --check")
      }
      if point != nil, !remove { throw ValidationError("--list and --check take no points") }
      if point == nil, remove {
        throw ValidationError("say which to remove: tacho accept --remove 'decode *'")
      }
      return
    }
    guard point != nil else {
      throw ValidationError(
        "say which points: tacho accept 'decode *' --up-to 1.06 --reason \"...\" --expires 90d")
    }
    for (name, value) in fixed.dropLast() where value == nil {
      throw ValidationError("an accepted slowdown needs \(name)")
    }
  }

  private var path: String { AcceptanceFile.path(besideSuite: suite) }

  func run() throws {
    let today = CalendarDay(Date())
    if list { return try show(today) }
    if let check { return try self.check(check) }
    if remove { return try cut(point ?? "") }
    try add(today)
  }

  // MARK: Accepting

  private func add(_ today: CalendarDay) throws {
    let plan = try Plan.load(suite: suite, kinds: Workloads.kinds)
    let acceptance = try acceptance(today)
    if let complaint = plan.complaint(about: acceptance) { throw ValidationError(complaint) }
    let file = try AcceptanceFile.read(path: path)
    try refuseSecond(acceptance, file, plan)
    let text =
      try file?.adding(acceptance) ?? AcceptanceFile.begun(with: acceptance, suite: suite)
    // What was written has to be what was meant.
    let written = try AcceptanceFile(path: path, text: text)
    try SweepSelection.write(text, to: path)
    let line = written.entries.last?.position.line ?? 1
    let matched = plan.points.filter { acceptance.covers(point: $0.point.name) }
    var lines = [
      "\(path):\(line): \(AcceptanceFile.line(of: acceptance))", "",
      "It covers \(matched.count) of \(plan.points.count) points of suite '\(plan.suite)':",
    ]
    for planned in matched { lines.append("  " + effect(of: acceptance, on: planned)) }
    lines += [
      "",
      "The margins move for the change that brings the line in, and for it alone"
        + (acceptance.metric == nil ? "; groups are judged without these points." : "."),
      "Review it and commit it together with that change:", "  git add \(path)",
    ]
    try SweepSelection.write(lines.joined(separator: "\n"), to: nil)
  }

  private func acceptance(_ today: CalendarDay) throws -> GateAcceptance {
    let ratio: Double
    do throws(ValueError) {
      ratio = try AcceptanceFile.ratio(upTo ?? "")
    } catch {
      throw ValidationError("--up-to: \(error.description)")
    }
    let reason = (reason ?? "").trimmingCharacters(in: .whitespaces)
    guard !reason.isEmpty, AcceptanceFile.isOneLine(reason), reason.unicodeScalars.count <= 500
    else {
      throw ValidationError("--reason: a sentence of at most 500 characters on one line")
    }
    let pattern = (point ?? "").trimmingCharacters(in: .whitespaces)
    guard !pattern.isEmpty, AcceptanceFile.isOneLine(pattern) else {
      throw ValidationError("the points are a pattern on one line, such as 'decode *'")
    }
    return GateAcceptance(
      point: pattern, metric: metric, upTo: ratio, reason: reason,
      expires: try Self.day(expires ?? "", today),
      base: try base.map { try Repository(containing: ".").commit(of: $0) })
  }

  /// `2027-01-31`, or `90d` from today.
  private static func day(_ text: String, _ today: CalendarDay) throws -> CalendarDay {
    let days = text.hasSuffix("d") ? QuantityText.int(text.dropLast()) : nil
    // As many as a date of four digits can hold.
    let counted = days.flatMap { (0...1_000_000).contains($0) ? today.number + $0 : nil }
    guard let day = CalendarDay(text) ?? counted.map({ CalendarDay(number: $0) }) else {
      throw ValidationError("--expires \(text): write a day such as 2027-01-31, or 90d from today")
    }
    guard day >= today, day.description.count == 10 else {
      throw ValidationError("--expires \(text): \(day) is not a day to come; today is \(today)")
    }
    return day
  }

  /// One acceptance for each point and quantity: of two nobody could say which counts.
  private func refuseSecond(
    _ acceptance: GateAcceptance, _ file: AcceptanceFile?, _ plan: Plan
  ) throws {
    for entry in file?.entries ?? [] where entry.acceptance.metric == acceptance.metric {
      let place = "\(path):\(entry.position.line)"
      if entry.acceptance == acceptance { throw ValidationError("\(place) accepts that already") }
      let shared = plan.points.first {
        entry.acceptance.covers(point: $0.point.name) && acceptance.covers(point: $0.point.name)
      }
      guard let shared else { continue }
      throw ValidationError(
        "\(place) accepts '\(shared.point.name)' already, up to "
          + "\(GateAmount.text(entry.acceptance.share)) until \(entry.acceptance.expires): change that "
          + "line, or remove it first (tacho accept --remove '\(entry.acceptance.point)'\(suiteOption))"
      )
    }
  }

  private var suiteOption: String { suite == "suites/gate.yaml" ? "" : " --suite \(suite)" }

  /// `decode q4_0: tolerated 1% -> 6%, must not pass 3% -> 8.099%`.
  private func effect(of acceptance: GateAcceptance, on planned: PlannedPoint) -> String {
    let name = planned.point.name
    if let metric = acceptance.metric {
      let tolerated =
        planned.gate.exact[metric]
        ?? planned.gate.judgedMetrics.first { $0.metric.id == metric }?.margins.tolerated
      guard let tolerated else { return "\(name): is not judged by \(metric)" }
      return "\(name): \(metric) may become worse by \(GateAmount.text(tolerated)) -> "
        + GateAmount.text(max(tolerated, acceptance.share))
    }
    var texts: [String] = []
    for (noun, margins) in [("", planned.gate.margins)]
      + (planned.gate.tail.map { [(" of p95", $0)] } ?? [])
    {
      guard let moved = acceptance.moved(margins) else {
        texts.append("\(GateAmount.text(margins.tolerated)) tolerated\(noun) anyhow")
        continue
      }
      texts.append(
        "tolerated\(noun) \(GateAmount.text(margins.tolerated)) -> \(GateAmount.text(moved.tolerated)), "
          + "must not pass \(GateAmount.text(margins.mustNotPass)) -> "
          + GateAmount.text(moved.mustNotPass))
    }
    return "\(name): \(texts.joined(separator: "; "))"
  }

  // MARK: What is there

  private func show(_ today: CalendarDay) throws {
    guard let file = try AcceptanceFile.read(path: path), !file.entries.isEmpty else {
      return try SweepSelection.write("nothing is accepted: \(path) has no entry", to: nil)
    }
    let plan = try Plan.load(suite: suite, kinds: Workloads.kinds)
    var lines: [String] = []
    for entry in file.entries {
      let acceptance = entry.acceptance
      let left = today.days(to: acceptance.expires)
      let days = left < 0 ? "EXPIRED \(-left) d ago" : "\(left) d left"
      let matched = plan.points.count { acceptance.covers(point: $0.point.name) }
      let quantity = acceptance.metric.map { " of \($0)" } ?? ""
      lines += [
        "\(path):\(entry.position.line)  \(acceptance.point)  up to \(GateAmount.text(acceptance.share))"
          + "\(quantity) until \(acceptance.expires) (\(days)), \(matched) "
          + (matched == 1 ? "point" : "points"),
        "    " + acceptance.reason,
      ]
      if let complaint = plan.complaint(about: acceptance) {
        lines.append("    UNUSED: \(complaint)")
      }
    }
    try SweepSelection.write(lines.joined(separator: "\n"), to: nil)
  }

  private func cut(_ pattern: String) throws {
    let entries = try AcceptanceFile.read(path: path)
    guard let file = entries, !file.entries.isEmpty else {
      throw ValidationError("nothing is accepted: \(path) has no entry")
    }
    let index = file.entries.firstIndex {
      $0.acceptance.point == pattern && $0.acceptance.metric == metric
    }
    guard let index else {
      let known = file.entries.map { entry in
        "'\(entry.acceptance.point)'" + (entry.acceptance.metric.map { " --metric \($0)" } ?? "")
      }
      throw ValidationError(
        "\(path) has no line of '\(pattern)'\(metric.map { " and metric \($0)" } ?? ""); it has "
          + known.joined(separator: ", "))
    }
    try SweepSelection.write(try file.removing(index), to: path)
    try SweepSelection.write(
      "\(path): removed \(AcceptanceFile.line(of: file.entries[index].acceptance))\n"
        + "Commit it: git add \(path)", to: nil)
  }

  // MARK: Whether it is needed

  private func check(_ source: String) throws {
    let result =
      try source.hasSuffix(".json") ? Self.result(inJSON: source) : Self.latest(in: source)
    let rows = GateSummary(result).acceptances
    guard !rows.isEmpty else {
      return try SweepSelection.write("\(source): nothing was accepted in that job", to: nil)
    }
    try SweepSelection.write(
      rows.map { row in
        "\(row.isUnused ? "UNUSED " : "")\(row.title); \(row.status)"
      }.joined(separator: "\n"), to: nil)
    // What such a job measured says nothing, of acceptances either.
    if result.outcome == .invalid { throw ExitCode(result.outcome.exitCode) }
    if rows.contains(where: \.isUnused) { throw ExitCode(1) }
  }

  private static func result(inJSON path: String) throws -> GateResult {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationError("--check \(path): cannot be read; check the path")
    }
    do {
      return try GateJSON.document(String(decoding: data, as: UTF8.self)).result
    } catch {
      throw ValidationError(
        "--check \(path) is no result of tacho gate --format json=PATH: \(error)")
    }
  }

  private static func latest(in path: String) throws -> GateResult {
    let store = try ResultStore(path: path, readOnly: true)
    for sweep in try store.sweeps().sorted(by: { $0.startedAt > $1.startedAt }) {
      if let result = try store.gateResult(of: sweep.id) { return result }
    }
    throw ValidationError("--check \(path): no finished job of tacho gate is in this store")
  }
}
