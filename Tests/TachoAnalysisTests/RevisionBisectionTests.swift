// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import Testing

/// The search for the first bad revision against lines whose answers are known.
@Suite struct RevisionBisectionTests {
  static func line(_ count: Int) -> [String] { (0..<count).map { "r\($0)" } }

  static func position(_ revision: String) -> Int { Int(revision.dropFirst()) ?? -1 }

  @Test func findsEachRevisionInAsManyTestsAsTheLogarithm() throws {
    for count in 1...40 {
      for bad in 0..<count {
        var search = try RevisionBisection(revisions: Self.line(count))
        var tests = 0
        let end = try search.run { revision in
          tests += 1
          return Self.position(revision) >= bad ? .bad : .good
        }
        #expect(end == .found("r\(bad)"))
        let bound = count == 1 ? 0 : Int(ceil(log2(Double(count))))
        #expect(tests <= bound, "\(tests) tests of \(count) revisions")
      }
    }
  }

  @Test func saysHowManyTestsAreLeft() throws {
    let search = try RevisionBisection(revisions: Self.line(8))
    #expect(search.next == .test(revision: "r3", candidates: 8, stepsLeft: 3))
  }

  @Test func namesAllThatAreLeftWhenTheFirstBadDoesNotBuild() throws {
    var search = try RevisionBisection(revisions: Self.line(9))
    let end = try search.run { revision in
      switch Self.position(revision) {
      case 3, 4: .skip
      case 5: .unknown
      case let at: at >= 4 ? .bad : .good
      }
    }
    #expect(end == .undecided(["r3", "r4", "r5", "r6"]))
  }

  @Test func skippedRevisionsFarFromTheFirstBadDoNotHideIt() throws {
    var search = try RevisionBisection(revisions: Self.line(101))
    var tested: [Int] = []
    // The middle forty do not build.
    let end = try search.run { revision in
      let at = Self.position(revision)
      tested.append(at)
      return (30..<70).contains(at) ? .skip : at >= 85 ? .bad : .good
    }
    #expect(end == .found("r85"))
    // One after another it would take forty to leave the run.
    #expect(tested.count <= 20, "\(tested)")
  }

  @Test(arguments: UInt64(1)...60) func anyPatternOfSkipsEndsWithTheTruth(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = 1 + generator.index(below: 60)
    let bad = generator.index(below: count)
    let skipped = Set((0..<count - 1).filter { _ in generator.index(below: 3) == 0 })
    var search = try RevisionBisection(revisions: Self.line(count))
    var tested: Set<String> = []
    let end = try search.run { revision in
      #expect(tested.insert(revision).inserted, "seed \(seed): \(revision) tested twice")
      let at = Self.position(revision)
      return skipped.contains(at) ? .skip : at >= bad ? .bad : .good
    }
    // What can be known: the last good that builds before it, the first bad that builds from it on.
    let newest = (bad..<count).first { !skipped.contains($0) } ?? count - 1
    let oldest = 1 + ((0..<bad).last { !skipped.contains($0) } ?? -1)
    let expected: RevisionBisection.Step =
      oldest == newest ? .found("r\(bad)") : .undecided((oldest...newest).map { "r\($0)" })
    #expect(end == expected, "seed \(seed)")
  }

  @Test func goesOnFromRecordedAnswers() throws {
    struct Stopped: Error {}
    var kept: Data?
    var first = try RevisionBisection(revisions: Self.line(64))
    #expect(throws: Stopped.self) {
      _ = try first.run { revision in
        Self.position(revision) >= 41 ? .bad : .good
      } recorded: { state in
        kept = try JSONEncoder().encode(state)
        if state.answers.count == 3 { throw Stopped() }
      }
    }
    var second = try JSONDecoder().decode(RevisionBisection.self, from: try #require(kept))
    #expect(second.answers.count == 3)
    var tests = 0
    let end = try second.run { revision in
      tests += 1
      return Self.position(revision) >= 41 ? .bad : .good
    }
    #expect(end == .found("r41"))
    #expect(tests == 3)
  }

  @Test(arguments: [
    #"{"revisions": [], "answers": {}}"#,
    #"{"revisions": ["a", "b"], "answers": {"a": "perhaps"}}"#,
    #"{"revisions": ["a", "b", "c"], "answers": {"a": "bad", "b": "good"}}"#,
    #"{"revisions": ["a"]}"#,
  ]) func damagedRecordsAreRefused(_ text: String) {
    #expect(throws: (any Error).self) {
      try JSONDecoder().decode(RevisionBisection.self, from: Data(text.utf8))
    }
  }

  @Test func contradictionsAndForeignAnswersAreRefused() throws {
    var search = try RevisionBisection(revisions: Self.line(9), answers: ["r2": .bad])
    #expect(throws: RevisionBisection.Problem.contradiction(good: "r5", bad: "r2")) {
      try search.record(.good, for: "r5")
    }
    #expect(search.answers == ["r2": .bad])
    #expect(throws: RevisionBisection.Problem.notInRange("x")) {
      try RevisionBisection(revisions: Self.line(3), answers: ["x": .good])
    }
    #expect(throws: RevisionBisection.Problem.lastIsNot(.good, "r2")) {
      try RevisionBisection(revisions: Self.line(3), answers: ["r2": .good])
    }
    #expect(throws: RevisionBisection.Problem.empty) { try RevisionBisection(revisions: []) }
    #expect(throws: RevisionBisection.Problem.repeated("a")) {
      try RevisionBisection(revisions: ["a", "b", "a"])
    }
  }
}
