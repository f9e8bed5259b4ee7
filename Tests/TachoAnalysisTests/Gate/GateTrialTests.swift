// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord
import Testing

/// What verdicts on known differences are counted from.
@Suite struct GateTrialTests {
  @Test func boundsOfRates() throws {
    // The rule of three, and exact values that scipy 1.17.1 gives (scipy.stats.beta.ppf).
    #expect(abs(try #require(BinomialRate(0, of: 149).upper()) - 0.019905) < 1e-6)
    #expect(abs(try #require(BinomialRate(59, of: 59).lower()) - 0.950492) < 1e-6)
    #expect(abs(try #require(BinomialRate(3, of: 20).upper()) - 0.343664) < 1e-6)
    #expect(abs(try #require(BinomialRate(3, of: 20).lower()) - 0.042169) < 1e-6)
    #expect(BinomialRate(0, of: 5).lower() == 0 && BinomialRate(5, of: 5).upper() == 1)
    #expect(BinomialRate(0, of: 0).upper() == nil && BinomialRate(0, of: 0).share == nil)
  }

  private func trial(
    _ verdict: GateVerdict, truth: Double, shift: Double, _ interval: ClosedRange<Double>,
    role: GateMember.Role = .point
  ) -> GateTrial {
    GateTrial(
      name: "a", benchmark: "b", role: role,
      decision: GateDecision(
        memberID: "a", verdict: verdict, pairs: 10, shift: shift, low: interval.lowerBound,
        high: interval.upperBound, reason: ""), truth: truth,
      truthInterval: (truth - 0.001)...(truth + 0.001))
  }

  @Test func whatTheIntervalHolds() {
    let held = trial(.fail, truth: 0.03, shift: 0.031, 0.02...0.04)
    #expect(held.covers == true && held.agrees == true)
    let near = trial(.fail, truth: 0.0195, shift: 0.031, 0.02...0.04)
    #expect(near.covers == false && near.agrees == true)
    let far = trial(.pass, truth: 0.05, shift: 0.031, 0.02...0.04)
    #expect(far.covers == false && far.agrees == false)
    var without = far
    without.decision.low = nil
    #expect(without.covers == nil && without.agrees == nil)
  }
}
