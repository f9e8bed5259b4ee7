// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord
import Testing

@testable import TachoReport

/// What is said at the end of a bisection.
@Suite struct BisectReportTests {
  static func hash(_ digit: String) -> String { String(repeating: digit, count: 40) }

  static func trial(
    _ stage: BisectTrial.Stage, _ reference: String, _ revision: String,
    _ verdict: BisectTrial.Verdict, shift: Double? = nil, reason: String = "",
    cause: String? = nil
  ) -> BisectTrial {
    let members = shift.map { shift in
      [
        BisectTrial.Member(
          name: "gemv kernel.format=q4_k", role: .point,
          verdict: verdict == .changed ? .fail : .pass, shift: log1p(shift),
          low: log1p(shift) - 0.005, high: log1p(shift) + 0.005, pairs: 24)
      ]
    }
    return BisectTrial(
      stage: stage, reference: hash(reference), revision: hash(revision), verdict: verdict,
      members: members ?? [], reason: reason, cause: cause, seconds: 100)
  }

  static func report(
    last: BisectTrial, merge: Bool = false, direction: BisectDirection = .slower,
    ending: ((String, BisectTrial) -> RegressionSearch.Ending) = { .found($0, $1) }
  ) -> BisectReport {
    var record = BisectRecord(
      direction: direction, good: hash("a"), revisions: ["b", "c", "d", "e"].map(hash),
      before: hash("a"),
      followed: [
        BisectMember(
          role: .point, name: "gemv kernel.format=q4_k", points: ["p"], change: log1p(0.041))
      ])
    record.trials = [
      trial(.ends, "a", "e", .changed, shift: 0.042),
      trial(.search, "a", "c", .changed, shift: 0.041),
      trial(.search, "a", "b", .notBuilt, reason: "error: no such module"), last,
    ]
    let notes = ["a", "b", "c", "d", "e"].map { name in
      CommitNote(
        hash: hash(name), parents: merge ? [hash("b"), hash("f")] : [hash("b")],
        date: "2026-05-03T10:11:12+02:00", subject: "Subject of \(name)")
    }
    return BisectReport(
      record: record, ending: ending(hash("c"), last),
      notes: Dictionary(notes.map { ($0.hash, $0) }) { $1 }, suite: "suites/gate.yaml",
      options: ["--set", "engine.threads=2", "--filter", "gemv"])
  }

  @Test func aConfirmedCommit() {
    let report = Self.report(
      last: Self.trial(.last, "b", "c", .changed, shift: 0.039, cause: "4% more instructions."))
    #expect(report.exitCode == 0)
    #expect(
      BisectText.render(report) == """
        first slower commit: cccccccccccc Subject of c
          of 2026-05-03T10:11:12+02:00
          slower than bbbbbbbbbbbb Subject of b:
            gemv kernel.format=q4_k +3.90% [+3.38%, +4.42%], 24 launch pairs
          why: 4% more instructions.
          measure it again: tacho gate --base bbbbbbbbbbbb --candidate cccccccccccc suites/gate.yaml --set engine.threads=2 --filter '^gemv kernel\\.format=q4_k$'
          look at it: git show cccccccccccc

        commit        against       verdict         change                   subject
        ------------  ------------  --------------  -----------------------
        bbbbbbbbbbbb  aaaaaaaaaaaa  does not build                           Subject of b
        cccccccccccc  aaaaaaaaaaaa  slower          +4.10% [+3.58%, +4.62%]  Subject of c
        eeeeeeeeeeee  aaaaaaaaaaaa  slower          +4.20% [+3.68%, +4.72%]  Subject of e
        cccccccccccc  bbbbbbbbbbbb  slower          +3.90% [+3.38%, +4.42%]  Subject of c
        followed: gemv kernel.format=q4_k, tolerated 1.01%, must not pass 3.06%

        """)
  }

  @Test func whatIsNotConfirmedSaysSo() {
    let report = Self.report(last: Self.trial(.last, "b", "c", .unchanged, shift: 0.002))
    #expect(report.exitCode == 3)
    let text = BisectText.render(report)
    #expect(text.contains("NOT CONFIRMED against bbbbbbbbbbbb Subject of b:"), "\(text)")
    #expect(text.contains("not slower: gemv kernel.format=q4_k +0.20%"), "\(text)")
  }

  @Test func severalCommitsAndMerges() {
    let last = Self.trial(.last, "a", "c", .changed, shift: 0.04)
    let several = Self.report(last: last) { .among([Self.hash("b"), $0], $1) }
    #expect(several.exitCode == 3)
    let text = BisectText.render(several)
    #expect(text.contains("one of these 2 commits"), "\(text)")
    #expect(
      text.contains("\n  bbbbbbbbbbbb Subject of b\n  cccccccccccc Subject of c\n"), "\(text)")
    let merge = BisectText.render(Self.report(last: last, merge: true))
    #expect(
      merge.contains("tacho bisect bbbbbbbbbbbb...ffffffffffff suites/gate.yaml --set "), "\(merge)"
    )
  }

  @Test func fasterTurnsCommandsRound() {
    let last = Self.trial(.last, "b", "c", .changed, shift: -0.04)
    let report = Self.report(last: last, merge: true, direction: .faster)
    let text = BisectText.render(report)
    #expect(text.contains("first faster commit") && text.contains("faster than"), "\(text)")
    #expect(text.contains("--base cccccccccccc --candidate bbbbbbbbbbbb"), "\(text)")
    #expect(report.mergeCommand(Self.hash("c"))?.contains(" --faster") == true)
  }

  @Test(arguments: [
    (BisectTrial.Verdict.unchanged, Int32(3), "nothing to find"),
    (.undecided, 3, "cannot tell whether"), (.invalid, 4, "proves nothing"),
    (.notRun, 3, "choose other ends"),
  ]) func endsWithoutAChange(_ verdict: BisectTrial.Verdict, _ code: Int32, _ words: String) {
    let report = Self.report(last: Self.trial(.ends, "a", "e", verdict, reason: "because")) {
      .noChange($1)
    }
    #expect(report.exitCode == code)
    let text = BisectText.render(report)
    #expect(text.contains(words) && text.contains("because"), "\(text)")
  }

  @Test func jsonHoldsTheAnswerAndEveryComparison() throws {
    let report = Self.report(last: Self.trial(.last, "b", "c", .changed, shift: 0.039))
    let text = try BisectJSON.render(report)
    let json = try JSONDecoder().decode(BisectJSON.Document.self, from: Data(text.utf8))
    #expect(json.schema == "tacho-bisect" && json.outcome == "found" && json.confirmed)
    #expect(json.exitCode == 0 && text.contains("\"exit_code\" : 0"))
    #expect(json.commits.map(\.subject) == ["Subject of c"])
    #expect(json.trials == report.record.trials && json.answer == report.record.trials.last)
    #expect(json.again.hasPrefix("tacho gate --base bbbbbbbbbbbb"))
  }

  @Test func commandsSurviveAShellAndAPattern() throws {
    #expect(CommandText.word("suites/gate.yaml") == "suites/gate.yaml")
    #expect(CommandText.word("") == "''")
    #expect(CommandText.word("it's $x") == #"'it'\''s $x'"#)
    let names = ["a.b (c|d)[e]{f}^$*+?\\", "gemv kernel.format=q4_k engine.threads=2"]
    for chosen in [names, [names[0]], [names[1]]] {
      let pattern = try Regex(CommandText.filter(chosen))
      for name in names {
        #expect((name.firstMatch(of: pattern) != nil) == chosen.contains(name), "\(name)")
        #expect("x\(name)y".firstMatch(of: pattern) == nil)
      }
    }
  }
}
