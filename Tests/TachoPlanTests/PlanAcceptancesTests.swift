// SPDX-License-Identifier: Apache-2.0
import TachoPlan
import TachoRecord
import TachoSuite
import Testing

/// Acceptances against the suite they stand beside: none may be expired, idle or twofold.
@Suite struct PlanAcceptancesTests {
  private static let suite = """
    schema: 1
    name: small
    gate: { exact: "launches/per-step, decode/bytes 2%" }
    benchmarks:
      gemv:
        kind: kernel
        axes: { engine.threads: [1, 2, 4] }
      decode:
        kind: kernel
        gate: { tolerated: 5%, must_not_pass: 10%, exact: "launches/per-step" }
        axes: { engine.threads: [1, 2] }
    """
  private let plan: Plan
  private let today: CalendarDay

  init() throws {
    plan = try Planner().plan(
      try SuiteFile.read(text: Self.suite, path: "s.yaml", kinds: SampleKinds.all))
    today = try #require(CalendarDay("2027-01-31"))
  }

  private func message(_ lines: String...) -> String {
    let text = "schema: 1\naccepted:\n" + lines.map { "  - { \($0) }\n" }.joined()
    do throws(SuiteError) {
      try plan.check(try AcceptanceFile(path: "a.yaml", text: text), today: today)
      return "good"
    } catch {
      return error.description
    }
  }

  private static let rest = "up_to: 1.06, expires: 2027-01-31, reason: r"

  @Test func goodOnesAreGoodUpToTheirLastDay() {
    #expect(message("point: 'gemv *', \(Self.rest)") == "good")
    #expect(
      message(
        "point: 'gemv engine.threads=?', \(Self.rest)", "point: 'decode *=1', \(Self.rest)",
        "point: 'decode *=2', \(Self.rest)",
        "point: '*', metric: launches/per-step, \(Self.rest)") == "good")
  }

  @Test func expiredOnesSayHowToGoOn() {
    #expect(
      message("point: 'gemv *', up_to: 1.06, expires: 2027-01-30, reason: r")
        == "a.yaml:3:46: the acceptance of 'gemv *' expired on 2027-01-30, 1 day ago: delete the line"
        + " (tacho accept --remove 'gemv *'), or where the slowdown is still wanted write a later day"
        + " and have it reviewed")
    #expect(
      message("point: 'gemv *', up_to: 1.06, expires: 2026-01-31, reason: r")
        .contains("365 days ago"))
  }

  @Test func idleOnesSayWhatIsNear() {
    #expect(
      message("point: 'gemm *', \(Self.rest)")
        == "a.yaml:3:14: no point of suite 'small' matches 'gemm *'; its points: 'gemv"
        + " engine.threads=1', 'gemv engine.threads=2', 'gemv engine.threads=4', 'decode"
        + " engine.threads=1', 'decode engine.threads=2'")
    #expect(
      message("point: 'decode *', up_to: 1.05, expires: 2027-01-31, reason: r")
        == "a.yaml:3:14: 5% is within the 5% that the suite tolerates of every point of 'decode *':"
        + " it accepts nothing")
    // Of all points some tolerate less.
    #expect(message("point: '*', up_to: 1.05, expires: 2027-01-31, reason: r") == "good")
    #expect(
      message("point: 'decode *', metric: launch/per-step, \(Self.rest)")
        == "a.yaml:3:14: no point of 'decode *' is judged by 'launch/per-step'; did you mean"
        + " 'launches/per-step'?; judged are launches/per-step")
    #expect(
      message("point: 'gemv *', metric: decode/bytes, up_to: 1.01, expires: 2027-01-31, reason: r")
        == "a.yaml:3:14: 'decode/bytes' may become worse by 2% anyhow: it accepts nothing")
  }

  @Test func twoForOnePointAreRefused() {
    #expect(
      message("point: 'gemv *', \(Self.rest)", "point: '*=1', \(Self.rest)")
        == "a.yaml:4:14: 'gemv engine.threads=1' is accepted already by line 3; keep one of the two,"
        + " or narrow a pattern")
  }

  /// All at once, in the order of the file.
  @Test func everythingWrongIsSaid() {
    let lines = message(
      "point: nothing, \(Self.rest)", "point: 'gemv *', up_to: 1.06, expires: 2020-01-01, reason: r"
    )
    #expect(
      lines.contains("a.yaml:3:14: no point") && lines.contains("a.yaml:4:46: the acceptance"))
  }
}
