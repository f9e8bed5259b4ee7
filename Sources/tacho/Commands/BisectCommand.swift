// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoAnalysis
import TachoBuilds
import TachoPlan
import TachoRecord
import TachoReport
import TachoRun
import TachoSuite
import TachoWorkloads

/// Finds the commit that made something slower.
struct BisectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bisect", abstract: "Find the first commit since which something is slower.",
    discussion: """
      Compares the ends of the range first, as tacho gate does; then follows the points that became slower, \
      halving the commits between, each built and measured beside GOOD; last it compares the commit it \
      found with the one before. Commits that do not build, or that decide nothing in two tries, are \
      passed over. Merges count as one commit. Interrupted, the same command goes on. The exit code is 0 \
      when the commit is found and confirmed, 2 for a mistake or an end that does not build, 3 when \
      nothing became slower or no single commit can be named, 4 when the ends' jobs proved nothing, 130 \
      when interrupted.
      """)

  @Argument(
    help: ArgumentHelp(
      "Two revisions; GOOD...BAD begins where BAD left GOOD. BAD may be left out for HEAD.",
      valueName: "good..bad"))
  var range: String

  @Argument(help: "The suite file, as it is here and now: for every commit the same.")
  var suite: String

  @Option(help: "Only points whose 'benchmark label' matches this regular expression.")
  var filter: String?

  @Option(help: "Only the point of this name; may be given several times.")
  var point: [String] = []

  @Option(
    help: "What each comparison may take, for example 15m; the suite's gate.time otherwise.")
  var budget: String?

  @Option(help: "The SQLite file for results; the answers so far are kept beside it.")
  var store = StoreOptions.defaultPath

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Override a setting, for example engine.threads=2 or gate.pairs=160.",
      valueName: "path=value"))
  var overrides: [String] = []

  @Option(help: "Seed of all orders; drawn and printed when left out.")
  var seed: UInt64?

  @Flag(help: "Look for what became faster instead.")
  var faster = false

  @Flag(help: "Forget the answers of an earlier run of this command.")
  var restart = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Flag(name: [.customShort("v"), .long], help: "Log what the runner does to standard error.")
  var verbose = false

  func run() throws {
    Diagnostics.start(verbose: verbose)
    let plan = try chosenPlan()
    let repository = try Repository(containing: ".")
    let fresh = try searched(in: repository)
    let session = try SweepSession(storePath: store)
    let state = try BisectState(
      store: store, record: fresh, plan: plan, machine: session.machine)
    let lock = try SweepLock(sweepID: "bisect-" + state.key)
    defer { withExtendedLifetime(lock) {} }
    let record = (restart ? nil : try state.read(fresh)) ?? fresh
    try session.prepareModels(plan)
    let interruption = try SignalInterruption()
    let cache = try BuildCache(
      directory: SyntheticModelCache.directory + "/builds",
      cancelled: { SignalInterruption.isRequested }, progress: BuildLine.show)
    let seed = seed ?? UInt64.random(in: 1...UInt64(UInt32.max))
    let job = BisectJob(
      session: session, cache: cache, repository: repository, plan: plan,
      direction: fresh.direction, seed: seed,
      command: CommandLine.arguments.joined(separator: " "), interruption: interruption)
    StoreOptions.note(
      "\(Plural.of(record.revisions.count, "commit")) after \(CommitNote.short(record.good)) up to "
        + "\(CommitNote.short(record.bad)), \(Plural.of(plan.points.count, "point")), seed \(seed)")
    if !record.trials.isEmpty {
      StoreOptions.note(
        "going on with \(Plural.of(record.trials.count, "comparison")) kept in \(state.path)")
    }
    var search = RegressionSearch(record)
    let ending: RegressionSearch.Ending
    do {
      ending = try search.run { request in
        try announce(request, repository)
        let answer = try job.test(request)
        StoreOptions.note("  " + BisectText.line(answer.trial, fresh.direction))
        return answer
      } keep: { record in
        try state.write(record)
      }
    } catch is BisectJob.Stopped {
      StoreOptions.note(
        search.record.trials.isEmpty
          ? "stopped before there was an answer; what was built is kept"
          : "stopped; the same command goes on from the answers in \(state.path)")
      throw ExitCode(130)
    } catch let problem as RevisionBisection.Problem {
      throw ValidationError("\(problem); \(state.path) holds the answers, --restart forgets them")
    }
    let report = try report(search.record, ending, repository)
    try StandardStreams.write(json ? try BisectJSON.render(report) : BisectText.render(report))
    StoreOptions.note("jobs kept in \(store), answers in \(state.path)")
    if report.exitCode != 0 { throw ExitCode(report.exitCode) }
  }

  // MARK: What is asked

  private func chosenPlan() throws -> Plan {
    if filter != nil, !point.isEmpty {
      throw ValidationError("--filter and --point both choose points: give one of them")
    }
    var plan = try Plan.load(
      suite: suite, kinds: Workloads.kinds,
      overrides: overrides.map { try PlanOverride(argument: $0) }, filter: filter)
    if !point.isEmpty {
      let names = plan.points.map { GateLayout.name($0.point) }
      for name in point where !names.contains(name) {
        let some = names.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
        throw ValidationError("--point '\(name)': no point has this name; points are named \(some)")
      }
      plan.points = plan.points.filter { point.contains(GateLayout.name($0.point)) }
    }
    if let budget {
      guard let seconds = QuantityText.seconds(budget), seconds > 0 else {
        throw ValidationError("--budget \(budget): write a time, for example 90s, 10m or 1.5h")
      }
      plan.gate.policy.secondsMax = seconds
    }
    guard plan.points.contains(where: { $0.skip == nil }) else {
      throw ValidationError("\(suite): all points that were chosen are excluded by the suite")
    }
    return plan
  }

  /// The commits of the range.
  private func searched(in repository: Repository) throws -> BisectRecord {
    let form = "write GOOD..BAD, for example v0.1.0..HEAD"
    guard let dots = range.range(of: "..", options: .backwards) else {
      throw ValidationError("'\(range)' is no range of commits; \(form)")
    }
    var good = String(range[..<dots.lowerBound])
    let named = String(range[dots.upperBound...])
    let bad = named.isEmpty ? "HEAD" : named
    guard !good.isEmpty, good != "." else {
      throw ValidationError("'\(range)' does not say where to begin; \(form)")
    }
    if good.hasSuffix(".") {
      good = try repository.mergeBase(String(good.dropLast()), bad)
    }
    let ends = (try repository.commit(of: good), try repository.commit(of: bad))
    if ends.0 != ends.1, try repository.isAncestor(ends.1, of: ends.0) {
      throw ValidationError(
        "\(bad) comes before \(good): write \(bad)..\(good), or with --faster look for what became "
          + "faster")
    }
    let revisions = try repository.commits(after: ends.0, upTo: ends.1)
    guard let first = revisions.first else {
      throw ValidationError("there is no commit after \(good) up to \(bad): nothing to search")
    }
    return BisectRecord(
      direction: faster ? .faster : .slower, good: ends.0, revisions: revisions,
      before: try repository.note(of: first).parents.first ?? ends.0)
  }

  // MARK: What is said

  private func announce(_ request: RegressionSearch.Request, _ repository: Repository) throws {
    let note = try repository.note(of: request.revision)
    let times = request.earlier.map(\.seconds).filter { $0 > 1 }
    var left = "\(request.comparisonsLeft) left"
    if !times.isEmpty {
      let mean = times.reduce(0, +) / Double(times.count)
      left += ", about \(Self.minutes(mean * Double(request.comparisonsLeft)))"
    }
    let what: String
    switch request.stage {
    case .ends: what = "the ends, \(CommitNote.short(request.reference)) against"
    case .search: what = "\(Plural.of(request.candidates, "commit")) to choose from:"
    case .last: what = "found; \(CommitNote.short(request.reference)) against"
    }
    StoreOptions.note(
      "[\(request.earlier.count + 1), \(left)] \(what) \(note.short) \(note.subject)"
        + (request.attempt > 1 ? " (once more, with more launch pairs)" : ""))
  }

  private static func minutes(_ seconds: Double) -> String {
    seconds < 90 ? "\(Int(seconds.rounded())) s" : "\(Int((seconds / 60).rounded())) min"
  }

  private func report(
    _ record: BisectRecord, _ ending: RegressionSearch.Ending, _ repository: Repository
  ) throws -> BisectReport {
    var hashes = Set(record.trials.flatMap { [$0.reference, $0.revision] })
    if case .among(let revisions, _) = ending { hashes.formUnion(revisions) }
    var notes: [String: CommitNote] = [:]
    for hash in hashes { notes[hash] = try repository.note(of: hash) }
    var options: [String] = []
    for name in overrides { options += ["--set", name] }
    if let filter { options += ["--filter", filter] }
    if !point.isEmpty { options += ["--filter", CommandText.filter(point)] }
    return BisectReport(
      record: record, ending: ending, notes: notes, suite: suite, options: options)
  }
}
