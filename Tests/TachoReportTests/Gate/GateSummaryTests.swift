// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoReport

/// Words and order that all formats share, and the terminal's table.
@Suite("Gate: words and table")
struct GateSummaryTests {
  @Test("Each outcome's sentence says what and how many")
  func sentences() {
    #expect(
      GateSummary(GateFixture.pass()).sentence
        == "5 of 5 members are not slower by what must not pass (3%)")
    #expect(
      GateSummary(GateFixture.inconclusive()).sentence
        == "1 of 4 members could not be decided with the launch pairs there were; "
        + "3 of 4 members are not slower by what must not pass (3%)")
    #expect(
      GateSummary(GateFixture.invalid()).sentence
        == "this job proves nothing: control gemv q4_0 +5% was not detected (and 1 more)")
    #expect(
      GateSummary(GateFixture.every()).sentence
        == "2 members are slower than tolerated, decode q4_0 threads=1 by +4.12%; "
        + "1 point of the base cannot be run in the candidate; 1 point with another output than "
        + "the base's; 2 exact counts beyond the budget; 3 of 12 members are not slower by what must "
        + "not pass, 1 undecided, 1 slower in one layout only, 1 skipped, 1 not measured")
    #expect(GateSummary(GateFixture.result([])).sentence == "nothing was judged")
  }

  @Test("Failures come first, passes last; what differs makes a pass a failure")
  func order() {
    let summary = GateSummary(GateFixture.every())
    #expect(
      summary.rows.map(\.member.id)
        == ["p6", "p0", "g0", "p8", "p5", "p7", "p2", "p1", "p4", "p9", "t0", "p3"])
    #expect(summary.rows.first { $0.member.id == "p8" }?.label == "COUNT")
    #expect(summary.rows.first { $0.member.id == "p5" }?.label == "DIFFERENT")
    #expect(summary.looseDifferences.map(\.name) == ["unknown series"])
    #expect(summary.controlsText == "sentinels 2 of 2 quiet, controls 2 of 2 detected")
    #expect(
      GateSummary(GateFixture.invalid()).controlsText
        == "sentinels 2 of 2 quiet, controls 1 of 2 detected")
    // p0 to p9 have verdicts.
    #expect(summary.coverage == "10 of 10 points judged")
  }

  @Test("A member without a verdict is shown as one that nothing can be said of")
  func missingVerdict() {
    var result = GateFixture.pass()
    result.decisions.removeAll { $0.memberID == "q1" }
    let summary = GateSummary(result)
    #expect(summary.rows.first?.member.id == "q1")
    #expect(summary.rows.first?.label == "unmeasured")
    #expect(summary.coverage == "4 of 5 points judged")
  }

  @Test("Changes are written with the digits that tell them apart")
  func changes() {
    #expect(GateText.change(log(1.0312)) == "+3.12%")
    #expect(GateText.change(log(0.875)) == "-12.5%")
    #expect(GateText.change(log(3.0)) == "+200%")
    #expect(GateText.change(log(12.0)) == "×12")
    #expect(GateText.change(0) == "+0.00%")
    #expect(GateText.change(-0.0) == "+0.00%")
    #expect(GateText.change(nil) == "–")
    #expect(GateText.change(1e9) == "not finite")
    #expect(GateText.change(.nan) == "not finite")
    #expect(GateText.margin(0.005) == "0.5%")
    #expect(GateText.margin(0.10) == "10%")
    #expect(GateText.seconds(0.00031) == "+310 µs")
    #expect(GateText.seconds(-2.1e-6) == "-2.10 µs")
    #expect(GateText.count(1_200_000) == "+1\u{202F}200\u{202F}000")
    #expect(GateText.count(-3) == "-3")
  }

  @Test("The table has the verdict first, then each failure with its cause")
  func table() {
    let text = GateTable.render(GateFixture.every(), GateContext())
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0].hasPrefix("FAIL: 2 members are slower than tolerated"))
    #expect(text.contains("base main (3f2a9c1d8e77), candidate worktree; 10 of 10 points judged"))
    #expect(
      lines.contains {
        $0.hasPrefix("decode q4_0 threads=1") && $0.contains("FAIL")
          && $0.contains("+4.12%  [+3.70%, +4.62%]") && $0.contains("10.6 of 10.3")
      })
    #expect(
      lines.contains {
        $0.hasPrefix("decode f16") && $0.contains("fail -2.8 of 10.3, pass 0.9 of 3.9")
      })
    // Sentences are broken into lines wherever the width asks for it.
    let flat = text.split { $0.isWhitespace && $0 != "\u{202F}" }.joined(separator: " ")
    for part in [
      "FAIL decode q4_0 threads=1: reason of fail",
      "    repeats in a build of another layout: +3.90%",
      "    It executes 4.1% more instructions, most of them in matmul.gate_up.",
      "    factors: instructions +4.10%, cycles per instruction -0.20%",
      "    kernels: matmul.gate_up +310 µs (+4.00% of the base), between kernels -2.10 µs",
      "    functions: unavailable, because valgrind is not installed",
      "    conditions that differ: huge pages",
      "    does not repeat in a build of another layout: +0.10%",
      "DIFFERS generate smol: output 1f00 -> 2e11: token 12 is 7, not 5",
      "DIFFERS allocations: memory/allocations 12 -> 13 (+8.33%): budget 0",
      "differs prefill q4_0: instructions/retired 1000 -> 990 (-1.00%)",
      "COUNT allocations: memory/allocations 12 -> 13",
      "unmeasured, the base timed out: serve",
      "accepted: slow on purpose up to 6%: checks added, see the change",
      "skipped, this processor has no AMX: gemm amx",
      "sentinels 2 of 2 quiet, controls 2 of 2 detected",
      "not protected: slowdowns below the tolerated margin (1% of points, 0.5% of groups, 10% of tails, up to 6% where accepted)",
    ] {
      #expect(flat.contains(part.drop { $0 == " " }), "\(part)")
      if part.hasPrefix("    ") { #expect(lines.contains { $0.hasPrefix(part.prefix(20)) }) }
    }
    #expect(flat.contains("tails beyond p95, a cold machine, other processor models"))
  }

  @Test("Many passes are folded to their number, the worst and the tightest")
  func folding() {
    let few = GateTable.render(GateFixture.pass(GateTable.passesListed), GateContext())
    #expect(!few.contains("members pass;"))
    #expect(few.contains("gemv format=f7"))
    let pairs = GateFixture.passes(300)
    let text = GateTable.render(GateFixture.result(pairs + GateFixture.watchers), GateContext())
    let worst = pairs.max { ($0.1.high ?? 0) < ($1.1.high ?? 0) }
    let flat = text.replacing("\n", with: " ")
    #expect(flat.contains("300 members pass; worst \(worst?.0.name ?? "?")"))
    #expect(flat.contains("tightest gemv format=f0 threads=2"))
    #expect(text.split(separator: "\n").count < 15)
    // A sentinel that saw something is named.
    var loud = GateFixture.pass()
    loud.decisions[5] = GateFixture.decision("w0", .fail, shift: 0.04)
    #expect(
      GateTable.render(loud, GateContext()).contains(
        "sentinel decode q4_0 against a copy: NOT QUIET, fail"))
  }

  @Test("Lines of the table keep to the terminal's width", arguments: [24, 40, 60, 80, 120, 200])
  func width(_ width: Int) {
    for result in [GateFixture.every(), GateFixture.hostile(), GateFixture.pass(20)] {
      let text = GateTable.render(result, GateContext(width: width))
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      guard let rule = lines.firstIndex(where: { $0.hasPrefix("----") }) else { continue }
      let end = lines[rule...].firstIndex(of: "") ?? lines.count
      for line in lines[(rule - 1)..<end] where !line.contains("not shown for lack") {
        #expect(DisplayWidth.of(line) <= width, "\(line)")
      }
      // Sentences are broken at spaces; only a word that is longer is not.
      for line in lines where DisplayWidth.of(line) > width {
        let words = line.split(separator: " ").map { DisplayWidth.of(String($0)) }
        #expect((words.max() ?? 0) + 4 > width - 24, "\(line)")
      }
      #expect(!text.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    }
  }

  @Test("Every format renders every result and has a name of its own")
  func formats() throws {
    let names = GateFormats.all.map { $0.name }
    #expect(Set(names).count == names.count)
    for format in GateFormats.all {
      #expect(GateFormats.named(format.name) == format)
      for result in [
        GateFixture.pass(), GateFixture.every(), GateFixture.inconclusive(), GateFixture.invalid(),
        GateFixture.hostile(), GateFixture.result([]),
      ] {
        for context in [GateContext(), GateFixture.context] {
          let text = try format.render(result, context)
          #expect(text.hasSuffix("\n"))
          #expect(text.count > 20)
        }
      }
    }
  }

  /// Writes every format to look at: `TACHO_REPORT_SAMPLES=folder swift test --filter gateSamples`.
  @Test(
    "Samples of every format",
    .enabled(if: ProcessInfo.processInfo.environment["TACHO_REPORT_SAMPLES"] != nil))
  func gateSamples() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["TACHO_REPORT_SAMPLES"])
    let many = GateFixture.passes(70)
    for (name, result) in [
      ("pass", GateFixture.pass()), ("every", GateFixture.every()),
      ("inconclusive", GateFixture.inconclusive()), ("invalid", GateFixture.invalid()),
      ("hostile", GateFixture.hostile()),
      ("many", GateFixture.result(many + GateFixture.watchers)),
    ] {
      for format in GateFormats.all {
        try format.render(result, GateFixture.context).write(
          toFile: "\(folder)/\(name).\(format.name)", atomically: true, encoding: .utf8)
      }
      try HTMLReport(results: ReportFixture.small(), title: "Tacho: \(name)", gates: [result])
        .render().write(toFile: "\(folder)/report-\(name).html", atomically: true, encoding: .utf8)
      try HTMLReport(results: ResultSet(sweeps: []), title: "Tacho: \(name)", gates: [result])
        .render().write(toFile: "\(folder)/gate-\(name).html", atomically: true, encoding: .utf8)
    }
  }
}
