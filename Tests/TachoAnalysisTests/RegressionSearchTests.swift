// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoAnalysis

/// The search for the first slower commit, over lines whose truth is known.
@Suite struct RegressionSearchTests {
  static let followed = [
    BisectMember(role: .point, name: "gemv", points: ["p"], change: 0.04)
  ]

  static func record(_ count: Int, before: String = "good") -> BisectRecord {
    BisectRecord(
      direction: .slower, good: "good", revisions: (0..<count).map { "r\($0)" }, before: before)
  }

  static func position(_ revision: String) -> Int { Int(revision.dropFirst()) ?? -1 }

  static func trial(
    _ request: RegressionSearch.Request, _ verdict: BisectTrial.Verdict
  ) -> RegressionSearch.Answer {
    RegressionSearch.Answer(
      BisectTrial(
        stage: request.stage, reference: request.reference, revision: request.revision,
        verdict: verdict, seconds: 60), chosen: request.stage == .ends ? followed : [])
  }

  /// A gate that sees a step at `bad` between any two commits; `odd` says otherwise, by attempt.
  final class Script {
    let bad: Int
    var odd: [String: [BisectTrial.Verdict]]
    var requests: [RegressionSearch.Request] = []

    init(bad: Int, odd: [String: [BisectTrial.Verdict]] = [:]) {
      self.bad = bad
      self.odd = odd
    }

    func test(_ request: RegressionSearch.Request) -> RegressionSearch.Answer {
      requests.append(request)
      let key = "\(request.stage.rawValue) \(request.revision)"
      if let verdicts = odd[key], request.attempt <= verdicts.count {
        return trial(request, verdicts[request.attempt - 1])
      }
      let changed = position(request.reference) < bad && position(request.revision) >= bad
      return trial(request, changed ? .changed : .unchanged)
    }
  }

  @Test func findsAndConfirmsEachCommit() throws {
    for count in 1...20 {
      for bad in 0..<count {
        let script = Script(bad: bad)
        var search = RegressionSearch(Self.record(count))
        let end = try search.run(test: script.test)
        guard case .found(let revision, let last) = end else {
          Issue.record("\(bad) of \(count): \(end)")
          continue
        }
        #expect(revision == "r\(bad)" && end.isConfirmed, "\(bad) of \(count)")
        #expect(last.reference == (bad == 0 ? "good" : "r\(bad - 1)"))
        // The ends, the halving, the neighbours; of one commit the ends are the neighbours.
        let bound = count == 1 ? 1 : 2 + Int(ceil(log2(Double(count))))
        #expect(script.requests.count <= bound, "\(bad) of \(count): \(script.requests)")
        #expect(script.requests.last?.isLast == true)
        #expect(script.requests.dropLast().allSatisfy { !$0.isLast })
        #expect(script.requests.first?.followed == nil)
        #expect(script.requests.dropFirst().allSatisfy { $0.followed == Self.followed })
        #expect(search.record.trials.count == script.requests.count)
      }
    }
  }

  @Test func withoutAChangeNothingElseIsMeasured() throws {
    let script = Script(bad: 99)
    var search = RegressionSearch(Self.record(9))
    let end = try search.run(test: script.test)
    guard case .noChange(let trial) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(trial.verdict == .unchanged && script.requests.count == 1 && !end.isConfirmed)
  }

  @Test(arguments: [BisectTrial.Verdict.undecided, .invalid])
  func endsThatDecideNothingAreTriedTwice(_ verdict: BisectTrial.Verdict) throws {
    let twice = Script(bad: 3, odd: ["ends r7": [verdict, verdict]])
    var search = RegressionSearch(Self.record(8))
    guard case .noChange(let trial) = try search.run(test: twice.test) else {
      Issue.record("went on from \(verdict)")
      return
    }
    #expect(trial.verdict == verdict && twice.requests.map(\.attempt) == [1, 2])
    let once = Script(bad: 3, odd: ["ends r7": [verdict]])
    search = RegressionSearch(Self.record(8))
    #expect(try search.run(test: once.test).isConfirmed)
    #expect(once.requests.prefix(2).map(\.attempt) == [1, 2])
  }

  /// What does not build is passed over at once, what decides nothing after a second try.
  @Test(arguments: UInt64(1)...60) func anyPatternEndsWithTheTruth(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = 2 + generator.index(below: 40)
    let bad = generator.index(below: count)
    let kinds: [[BisectTrial.Verdict]] = [
      [.notBuilt], [.notRun], [.undecided, .undecided], [.invalid, .undecided],
    ]
    var odd: [String: [BisectTrial.Verdict]] = [:]
    for at in 0..<count - 1 where generator.index(below: 3) == 0 {
      odd["search r\(at)"] = kinds[generator.index(below: kinds.count)]
    }
    // One that decides nothing at first, then does.
    for at in 0..<count - 1 where odd["search r\(at)"] == nil && generator.index(below: 5) == 0 {
      odd["search r\(at)"] = [.undecided]
    }
    func isPassedOver(_ at: Int) -> Bool {
      guard let verdicts = odd["search r\(at)"] else { return false }
      return verdicts.count == 2 || !verdicts[0].mayChange
    }
    let script = Script(bad: bad, odd: odd)
    var search = RegressionSearch(Self.record(count))
    let end = try search.run(test: script.test)
    let newest = (bad..<count).first { !isPassedOver($0) } ?? count - 1
    let oldest = 1 + ((0..<bad).last { !isPassedOver($0) } ?? -1)
    switch end {
    case .found(let revision, _):
      #expect(oldest == newest && revision == "r\(bad)", "seed \(seed)")
    case .among(let revisions, let trial):
      #expect(revisions == (oldest...newest).map { "r\($0)" }, "seed \(seed)")
      #expect(trial.reference == (oldest == 0 ? "good" : "r\(oldest - 1)"), "seed \(seed)")
      #expect(trial.revision == "r\(newest)", "seed \(seed)")
    case .noChange: Issue.record("seed \(seed): \(end)")
    }
    #expect(end.isConfirmed, "seed \(seed)")
    for request in script.requests where request.stage == .search {
      let tries = script.requests.count { $0.revision == request.revision && $0.stage == .search }
      let wanted =
        odd["search \(request.revision)"].map {
          $0[0].mayChange ? 2 : 1
        } ?? 1
      #expect(tries == wanted, "seed \(seed): \(request.revision)")
    }
  }

  /// Killed after any comparison, the search goes on with the rest, and asks nothing twice.
  @Test func goesOnAfterAnyComparison() throws {
    struct Stopped: Error {}
    let odd: [String: [BisectTrial.Verdict]] = [
      "search r9": [.undecided, .undecided], "search r14": [.notBuilt],
    ]
    let whole = Script(bad: 13, odd: odd)
    var search = RegressionSearch(Self.record(20))
    let end = try search.run(test: whole.test)
    for stop in 1..<whole.requests.count {
      var kept = Data()
      let script = Script(bad: 13, odd: odd)
      var first = RegressionSearch(Self.record(20))
      #expect(throws: Stopped.self) {
        _ = try first.run(test: script.test) { record in
          kept = try JSONEncoder().encode(record)
          if record.trials.count == stop { throw Stopped() }
        }
      }
      var second = RegressionSearch(try JSONDecoder().decode(BisectRecord.self, from: kept))
      #expect(try second.run(test: script.test) == end, "stopped after \(stop)")
      #expect(
        script.requests.map { [$0.stage.rawValue, $0.revision, "\($0.attempt)"] }
          == whole.requests.map { [$0.stage.rawValue, $0.revision, "\($0.attempt)"] },
        "stopped after \(stop)")
    }
  }

  /// A wrong answer in the search leads to the wrong commit, and the last comparison says so.
  @Test func aWrongAnswerIsNotConfirmed() throws {
    let script = Script(bad: 12, odd: ["search r7": [.changed]])
    var search = RegressionSearch(Self.record(16))
    let end = try search.run(test: script.test)
    guard case .found(let revision, let last) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(revision == "r7" && last.verdict == .unchanged && !end.isConfirmed)
  }

  /// GOOD on a branch that was merged: the commit before the first is another than GOOD.
  @Test func theCommitBeforeTheFirstMayBeAnother() throws {
    let script = Script(bad: 0)
    var search = RegressionSearch(Self.record(1, before: "m"))
    let end = try search.run(test: script.test)
    guard case .found(let revision, let last) = end else {
      Issue.record("\(end)")
      return
    }
    #expect(revision == "r0" && last.reference == "m" && last.stage == .last)
    #expect(script.requests.count == 2)
  }

  @Test func comparisonsLeftCountDown() throws {
    let script = Script(bad: 5)
    var search = RegressionSearch(Self.record(8))
    _ = try search.run(test: script.test)
    #expect(script.requests.map(\.comparisonsLeft) == [5, 4, 3, 2, 1])
    #expect(script.requests.map(\.candidates) == [8, 8, 4, 2, 1])
  }

  @Test func answersOfAnotherLineAreRefused() throws {
    #expect(!Self.record(3).isSameSearch(Self.record(4)))
    #expect(Self.record(3).isSameSearch(Self.record(3)))
    var other = Self.record(3)
    other.direction = .faster
    #expect(!Self.record(3).isSameSearch(other))
  }
}
