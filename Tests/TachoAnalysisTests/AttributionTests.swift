// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoRecord
import Testing

/// The identity t = I * CPI / (f * U), worked out by hand and on random samples.
@Suite struct AttributionTests {
  typealias Parts = Attribution.Parts

  static func sample(
    _ instructions: Double, _ cycles: Double, _ clock: Double, _ seconds: Double
  ) throws -> Parts {
    try #require(
      Parts(instructions: instructions, cycles: cycles, taskClock: clock, seconds: seconds))
  }

  /// 1e9 instructions, 2e9 cycles, 1 s on processors, 0.5 s long: CPI 2, 2 GHz, 2 processors.
  ///
  /// Then
  /// twice the instructions at CPI 1.5, 1.5 GHz and 1 processor: 2e9 * 1.5 / (1.5e9 * 1) = 2 s.
  @Test func everyFactorByHand() throws {
    let base = try Self.sample(1e9, 2e9, 1, 0.5)
    let candidate = try Self.sample(2e9, 3e9, 2, 2)
    let attribution = try #require(Attribution(base: [base], candidate: [candidate]))
    let close = { (factor: Attribution.Factor, expected: Double) in
      abs((attribution.parts[factor] ?? .nan) - expected) < 1e-12
    }
    #expect(close(.instructions, log(2)))
    #expect(close(.cyclesPerInstruction, log(1.5 / 2)))
    #expect(close(.frequency, log(2 / 1.5)))
    #expect(close(.parallelism, log(2)))
    #expect(abs(attribution.change - log(4)) < 1e-12)
  }

  @Test func theMainFactorGoesTheWayTheTimeWent() throws {
    let base = try Self.sample(1e9, 2e9, 1, 1)
    func main(_ candidate: Parts) -> Attribution.Factor? {
      Attribution(base: [base], candidate: [candidate])?.mainFactor
    }
    #expect(main(try Self.sample(2e9, 4e9, 2, 2)) == .instructions)
    #expect(main(try Self.sample(1e9, 3e9, 1.5, 1.5)) == .cyclesPerInstruction)
    #expect(main(try Self.sample(1e9, 2e9, 1.3, 1.3)) == .frequency)
    #expect(main(try Self.sample(1e9, 2e9, 1, 1.3)) == .parallelism)
    // Faster, although it does more: fewer stalls.
    #expect(main(try Self.sample(1.1e9, 1e9, 0.5, 0.5)) == .cyclesPerInstruction)
    #expect(main(base) == nil)
  }

  @Test(arguments: 0..<50) func thePartsAddUp(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    func samples() throws -> [Parts] {
      try (0..<Int.random(in: 1...9, using: &generator)).map { _ in
        try Self.sample(
          exp(Double.random(in: 0...40, using: &generator)),
          exp(Double.random(in: 0...40, using: &generator)),
          exp(Double.random(in: -20...5, using: &generator)),
          exp(Double.random(in: -20...5, using: &generator)))
      }
    }
    let attribution = try #require(Attribution(base: try samples(), candidate: try samples()))
    let sum = attribution.parts.values.reduce(0, +)
    #expect(abs(sum - attribution.change) < 1e-10, "seed \(seed)")
  }

  @Test func onlyWhatWasMeasuredAlike() throws {
    func reading(
      _ quantity: CounterReading.Quantity, _ count: CounterCount,
      scope: CounterReading.Scope = .userAndKernel
    ) -> CounterReading {
      CounterReading(
        event: quantity.rawValue, quantity: quantity, scope: scope, group: 1, total: count)
    }
    let count = CounterCount(raw: 1_000_000, enabledNs: 10, runningNs: 10)
    var observation = Observation(startNs: 0, endNs: 1_000_000)
    #expect(Parts(observation) == nil)
    observation.counters = [
      reading(.instructions, count), reading(.cycles, count), reading(.taskClock, count),
    ]
    #expect(
      Parts(observation)
        == Parts(instructions: 1e6, cycles: 1e6, taskClock: 1e-3, seconds: 1e-3))
    observation.counters?[1] = reading(.cycles, count, scope: .user)
    #expect(Parts(observation) == nil)
    observation.counters?[1] = reading(.cycles, CounterCount(raw: 1, enabledNs: 10, runningNs: 5))
    #expect(Parts(observation) == nil, "scaled")
    observation.counters?[1] = reading(.cycles, .unavailable("no counters"))
    #expect(Parts(observation) == nil)
    #expect(Parts(instructions: 0, cycles: 1, taskClock: 1, seconds: 1) == nil)
    #expect(Attribution(base: [], candidate: []) == nil)
  }
}
