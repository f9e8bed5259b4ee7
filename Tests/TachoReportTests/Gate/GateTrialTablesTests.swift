// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord
import TachoReport
import Testing

@Suite struct GateTrialTablesTests {
  private func trial(
    _ name: String, _ verdict: GateVerdict, _ truth: Double, role: GateMember.Role = .point
  ) -> GateTrial {
    GateTrial(
      name: name, benchmark: "gemv", role: role,
      decision: GateDecision(
        memberID: name, verdict: verdict, pairs: 12, shift: truth + 0.001, low: truth - 0.01,
        high: truth + 0.01, reason: ""), truth: truth,
      truthInterval: (truth - 0.002)...(truth + 0.002))
  }

  @Test func verdictsAreCountedByTrueSize() throws {
    let text = GateTrialTables([
      trial("copy", .pass, 0, role: .sentinel), trial("same", .pass, 0), trial("same", .pass, 0),
      trial("faster", .pass, -0.05), trial("little", .pass, 0.005),
      // On the limit, as far as the long run tells: neither verdict is wrong.
      trial("near", .fail, log1p(0.03)), trial("slow", .fail, 0.05), trial("slow", .pass, 0.05),
      trial("slow", .inconclusive, 0.05),
    ]).render()
    func row(_ name: String) throws -> [String] {
      let line = try #require(
        text.split(separator: "\n").first { $0.hasPrefix("| \(name) |") }, "\(text)")
      return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(try row("a program and its copy").dropFirst().prefix(4) == ["1", "0", "1", "0"])
    #expect(try row("equal configurations").dropFirst().prefix(4) == ["2", "0", "2", "0"])
    #expect(try row("faster").dropFirst().prefix(4) == ["1", "0", "1", "0"])
    #expect(try row("slower by up to 1%").dropFirst().prefix(4) == ["1", "0", "1", "0"])
    #expect(
      try row("1% to 3%, not clearly above").dropFirst().prefix(4) == ["1", "1", "0", "0"])
    let slow = try row("4.5% and more")
    #expect(slow.dropFirst().prefix(4) == ["3", "1", "1", "1"])
    // 1 of 3: Clopper and Pearson's one-sided bounds.
    #expect(slow[5] == "33.3% (1.7% to 86.5%)" && slow[8] == "3 of 3" && slow[10] == "+0.10%")
    #expect(try row("slow").dropFirst().prefix(2) == ["+5.13%", "+4.92% to +5.34%"])
  }
}
