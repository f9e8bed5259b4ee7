// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

@testable import TachoReport

/// Made-up jobs of the gate: one for each outcome, and one with a member of every verdict.
enum GateFixture {
  static let context = GateContext(
    suitePath: "suites/gate.yaml",
    command: "tacho gate --base main...HEAD --candidate worktree suites/gate.yaml --seed 7",
    machine: ReportFixture.machine(), seconds: ["p0": 12.5])

  static let evil =
    "</td>|`--><script>alert(\"x\")</script>'&amp; ]]>@admin #12 ~~a~~ *b* [l](http://x)"
    + "\r\n::error::50%, a:b\u{0}\u{1B}[31m\u{FFFE}\u{FFFF}\u{85}\u{1F600} 日本"

  static func member(
    _ id: String, _ name: String, _ role: GateMember.Role = .point,
    margins: GateMargins = .points, accepted: String? = nil
  ) -> GateMember {
    GateMember(
      id: id, name: name, role: role,
      series: role == .group ? ["s-p0", "s-p1", "s-p2", "s-p3"] : ["s-\(id)"],
      statistic: role == .tail ? "p95" : "median", margins: margins, accepted: accepted)
  }

  /// A decision as a job's judge makes it: thresholds of 300 members at 1% and of 2%.
  static func decision(
    _ id: String, _ verdict: GateVerdict, shift: Double? = nil, half: Double = 0.004,
    pairs: Int = 9, reason: String? = nil
  ) -> GateDecision {
    let log = shift.map { log1p($0) }
    let fails = verdict == .fail || verdict == .layout
    return GateDecision(
      memberID: id, verdict: verdict, pairs: pairs,
      failEvidence: fails ? 10.62 : -2.75, failThreshold: 10.31,
      passEvidence: verdict == .pass ? 4.11 : 0.87, passThreshold: 3.91,
      shift: log, low: log.map { $0 - half }, high: log.map { $0 + half * 1.2 },
      reason: reason ?? "reason of \(verdict.rawValue)")
  }

  static let cause = GateCause(
    text: "It executes 4.1% more instructions, most of them in matmul.gate_up.",
    factors: [
      .init(name: "instructions", change: 0.0402, share: 0.041),
      .init(name: "cycles per instruction", change: -0.002, share: -0.002),
    ],
    kernels: [
      .init(name: "matmul.gate_up", change: 0.00031, share: 0.04),
      .init(name: "between kernels", change: -0.0000021, share: -0.0003),
    ],
    functionsMissing: "valgrind is not installed",
    environment: ["huge pages: always in the base, never in the candidate"])

  static func record(_ members: [GateMember], expected: Int? = nil) -> GateRecord {
    GateRecord(
      sweepID: "sweep-9",
      base: GateBuild(
        reference: "main", revision: "3f2a9c1d8e77aabbccdd", buildID: "b-1",
        digest: String(repeating: "a", count: 64)),
      candidate: GateBuild(
        reference: "worktree", revision: nil, buildID: "b-2",
        digest: String(repeating: "b", count: 64)),
      policy: GatePolicy(), seed: 18_446_744_073_709_551_615,
      series: members.filter { $0.role != .group }.map {
        GateSeries(
          id: "s-\($0.id)", name: $0.name, role: $0.role, pointID: "point-\($0.id)",
          remark: $0.role == .control ? "+5% injected" : nil)
      },
      members: members, expected: expected ?? members.count { $0.role == .point })
  }

  static func result(
    _ pairs: [(GateMember, GateDecision)], differences: [GateDifference] = [],
    invalid: [String] = []
  ) -> GateResult {
    GateResult(
      record: record(pairs.map(\.0)), decisions: pairs.map(\.1), differences: differences,
      invalid: invalid, startedAt: "2026-03-01T10:00:00.250Z",
      finishedAt: "2026-03-01T10:08:30.750Z")
  }

  /// Two sentinels that stayed quiet and two controls that were detected.
  static let watchers: [(GateMember, GateDecision)] = [
    (member("w0", "decode q4_0 against a copy", .sentinel), decision("w0", .pass, shift: 0.0004)),
    (
      member("w1", "gemv f16 against a copy", .sentinel),
      decision("w1", .inconclusive, shift: -0.002, half: 0.03, pairs: 80)
    ),
    (member("c0", "gemv q4_0 +5%", .control), decision("c0", .fail, shift: 0.051, pairs: 20)),
    (member("c1", "read +5%", .control), decision("c1", .fail, shift: 0.048, pairs: 20)),
  ]

  static func passes(_ count: Int, seed: UInt64 = 5) -> [(GateMember, GateDecision)] {
    var dice = Dice(seed: seed)
    return (0..<count).map { index in
      let shift = dice.noise(0.008) - 1
      return (
        member("q\(index)", "gemv format=f\(index) threads=2"),
        decision("q\(index)", .pass, shift: shift, half: 0.001 + 0.00001 * Double(index))
      )
    }
  }

  static func pass(_ count: Int = 5) -> GateResult { result(passes(count) + watchers) }

  static func inconclusive() -> GateResult {
    result(
      passes(3) + watchers + [
        (
          member("i0", "decode threads=16"),
          decision(
            "i0", .inconclusive, shift: 0.012, half: 0.05, pairs: 80,
            reason: "80 launch pairs, the most allowed, show neither")
        )
      ])
  }

  static func invalid() -> GateResult {
    var pairs = passes(3) + watchers
    pairs[5].1 = decision("c0", .inconclusive, shift: 0.01, half: 0.06, pairs: 80)
    return result(
      pairs, invalid: ["control gemv q4_0 +5% was not detected", "2 of 5 points have no verdict"])
  }

  /// A member of every verdict, differences, confirmations, causes; `decorate` changes every name.
  static func every(_ decorate: (String) -> String = { $0 }) -> GateResult {
    var pairs: [(GateMember, GateDecision)] = [
      (
        member("p0", decorate("decode q4_0 threads=1")),
        decision("p0", .fail, shift: 0.0412, pairs: 26)
      ),
      (
        member("p1", decorate("decode q8_0 threads=2")),
        decision("p1", .layout, shift: 0.021, pairs: 30)
      ),
      (
        member("p2", decorate("decode f16 threads=2")),
        decision("p2", .inconclusive, shift: 0.009, half: 0.04, pairs: 80)
      ),
      (member("p3", decorate("prefill q4_0")), decision("p3", .pass, shift: -0.013)),
      (
        member("p4", decorate("gemm amx")),
        decision("p4", .skipped, pairs: 0, reason: "this processor has no AMX")
      ),
      (
        member("p5", decorate("generate smol")),
        decision("p5", .different, pairs: 2, reason: "token 12 differs")
      ),
      (
        member("p6", decorate("load smol")),
        decision("p6", .broken, pairs: 0, reason: "the candidate crashed: SIGSEGV")
      ),
      (
        member("p7", decorate("serve")),
        decision("p7", .unmeasured, pairs: 0, reason: "the base timed out")
      ),
      (member("p8", decorate("allocations")), decision("p8", .pass, shift: 0.001)),
      (
        member(
          "p9", decorate("slow on purpose"),
          margins: GateMargins(tolerated: 0.06, mustNotPass: 0.08),
          accepted: decorate("checks added, see the change")),
        decision("p9", .pass, shift: 0.045)
      ),
      (
        member("t0", decorate("decode q4_0 threads=1"), .tail, margins: .tails),
        decision("t0", .pass, shift: 0.03, half: 0.05)
      ),
      (
        member("g0", decorate("all points"), .group, margins: .groups),
        decision("g0", .fail, shift: 0.011, half: 0.002, pairs: 22)
      ),
    ]
    pairs += watchers.map { pair in
      var member = pair.0
      member.name = decorate(member.name)
      return (member, pair.1)
    }
    for index in pairs.indices { pairs[index].1.reason = decorate(pairs[index].1.reason) }
    var result = result(
      pairs,
      differences: [
        GateDifference(
          seriesID: "s-p5", name: decorate("generate smol"), quantity: "output",
          base: decorate("1f00"), candidate: decorate("2e11"), change: nil,
          detail: decorate("token 12 is 7, not 5"), isFailure: true),
        GateDifference(
          seriesID: "s-p8", name: decorate("allocations"), quantity: "memory/allocations",
          base: "12", candidate: "13", change: 1.0 / 12, detail: decorate("budget 0"),
          isFailure: true),
        GateDifference(
          seriesID: "s-p3", name: decorate("prefill q4_0"), quantity: "instructions/retired",
          base: "1000", candidate: "990", change: -0.01, detail: "", isFailure: false),
        GateDifference(
          seriesID: "elsewhere", name: decorate("unknown series"), quantity: "launch/count",
          base: "3", candidate: "4", change: 1.0 / 3, detail: "", isFailure: true),
      ])
    result.confirmations = [
      decision("p0", .fail, shift: 0.039, pairs: 12),
      decision("p1", .inconclusive, shift: 0.001, pairs: 80),
    ]
    result.causes = ["p0": cause, "g0": GateCause(text: decorate("All points share it."))]
    return result
  }

  static func hostile() -> GateResult { every { $0 + evil } }

  /// So many failures, with long names, that no comment holds them.
  static func huge(_ count: Int) -> GateResult {
    var result = result(
      (0..<count).map { index in
        let id = "h\(index)"
        return (
          member(id, "decode \(index) " + String(repeating: "日本|<&", count: 60)),
          decision(id, index % 3 == 2 ? .pass : .fail, shift: 0.05 + Double(index) * 1e-5)
        )
      } + watchers)
    for index in 0..<count where index % 3 != 2 {
      result.causes["h\(index)"] = GateCause(text: String(repeating: "because `x` & ", count: 400))
    }
    return result
  }
}
