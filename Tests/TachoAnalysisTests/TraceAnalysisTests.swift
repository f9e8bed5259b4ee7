// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord
import Testing

/// Waterfalls, slow steps and inflections against data made by hand.
@Suite struct TraceAnalysisTests {
  /// Decoding steps of 1000 ns plus what is added: sampling 100 before the pass, then 50, a launch of
  /// 700 (queue 10, work 600, wait 90), 100, a launch of 30 (work), 20.
  static func trace(extra: [Int: Int] = [:], count: Int = 12) -> SampleTrace {
    var trace = SampleTrace()
    var clock = 5000
    for step in 0..<count {
      let more = extra[step] ?? 0
      if step > 0 {
        trace.spans.append(
          SpanRecord(name: "sample", step: step, startNs: clock, endNs: clock + 100))
        clock += 100
      }
      let start = clock
      let first = start + 50
      let second = first + 700 + more + 100
      trace.launches.append(
        LaunchRecord(
          op: "matmul", variant: "v", step: step, layer: 0, enqueueNs: first,
          endNs: first + 700 + more,
          workerNs: [first + 10, first + 610 + more, first + 20, first + 690 + more]))
      trace.launches.append(
        LaunchRecord(
          op: "add", variant: "v", step: step, layer: 0, enqueueNs: second, endNs: second + 30,
          workerNs: [second, second + 30]))
      clock = second + 50
      trace.steps.append(
        StepRecord(
          step: step, rows: 1, startNs: start, endNs: clock, processor: step == 9 ? 1 : 0,
          involuntarySwitches: step == 9 ? 2 : 0))
    }
    return trace
  }

  @Test func partsAddUp() throws {
    let waterfall = try #require(StepWaterfall.all(of: [Self.trace(), Self.trace()]).first)
    #expect(waterfall.rows == 1 && waterfall.steps == 24)
    #expect(waterfall.median == 1000)
    // The first of a sample has no step before it, so no sampling.
    #expect(abs(waterfall.mean - (900 + 11 * 1000) / 12.0) < 1e-9)
    let sum = waterfall.parts.reduce(0) { $0 + $1.mean }
    #expect(abs(sum - waterfall.mean) < 1e-9)
    func part(_ name: String) -> StepWaterfall.Part? { waterfall.parts.first { $0.name == name } }
    #expect(part("matmul")?.median == 600 && part("matmul")?.kind == .work)
    #expect(part("add")?.median == 30)
    #expect(part("wait for the last worker")?.median == 90)
    #expect(part("queue")?.median == 10 && part("queue")?.count == 2)
    #expect(part("host between kernels")?.median == 170)
    #expect(part("sample")?.median == 100)
    #expect(part("not accounted for")?.mean == 0 && waterfall.residualShare == 0)
    #expect(waterfall.parts.map(\.name).prefix(2) == ["matmul", "add"])
  }

  @Test func incompleteTracesAreNoWaterfall() {
    var partial = Self.trace()
    partial.isPartial = true
    var omitted = Self.trace()
    omitted.omittedLaunches = 1
    #expect(StepWaterfall.all(of: [partial, omitted, SampleTrace()]).isEmpty)
  }

  /// Prefill steps are no decoding steps.
  @Test func stepsOfOtherRowsStandApart() {
    var trace = Self.trace()
    trace.steps[0].rows = 512
    let waterfalls = StepWaterfall.all(of: [trace])
    #expect(waterfalls.map(\.rows) == [1, 512] && waterfalls.map(\.steps) == [11, 1])
    // The first decoding step counts from its own start, not from the prefill's.
    #expect(waterfalls[0].p99 == 1000)
  }

  @Test func whatWasDifferentAboutSlowSteps() throws {
    let slow = SlowStep.all(of: Self.trace(extra: [9: 400, 5: 30]))
    // 3% is within the 5% that any machine is allowed.
    #expect(slow.map(\.step) == [9])
    let step = try #require(slow.first)
    #expect(step.ns == 1400 && step.medianNs == 1000)
    #expect(
      step.differences == [
        "matmul 1.0 us instead of 0.6 us", "2 involuntary switches",
        "host thread moved from processor 0 to 1",
      ])
    #expect(SlowStep.all(of: Self.trace()).isEmpty)
    #expect(SlowStep.all(of: Self.trace(extra: [3: 900], count: 7)).isEmpty)
  }

  @Test func inflectionOfTwoLines() throws {
    // Constant up to 16, then linear.
    let bent = (0..<10).map { power -> (x: Double, y: Double) in
      let x = Double(1 << power)
      return (x, max(16, x) * 3e-6)
    }
    let found = try #require(Inflection(bent))
    #expect(abs(found.at - 16) < 1e-6)
    #expect(abs(found.slopeBefore) < 1e-9 && abs(found.slopeAfter - 1) < 1e-9)
    // Between the points.
    let between = (0..<10).map { power -> (x: Double, y: Double) in
      let x = Double(1 << power)
      return (x, max(24, x) * 3e-6)
    }
    #expect(abs((Inflection(between)?.at ?? 0) - 24) < 1e-6)
  }

  @Test func straightLinesHaveNoInflection() {
    let line = (0..<8).map { (x: Double(1 << $0), y: 5 * Double(1 << $0)) }
    #expect(Inflection(line) == nil)
    var generator = SeededRandom(seed: 3)
    for _ in 0..<50 {
      let noisy = (0..<8).map { (x: Double(1 << $0), y: Double(1 << $0) * generator.factor(0.05)) }
      #expect(Inflection(noisy) == nil, "\(noisy)")
    }
    #expect(Inflection(Array(line.prefix(4))) == nil)
    #expect(Inflection(line.map { ($0.x, $0.y - 5) }) == nil)
  }

  /// splitmix64, for noise that is the same everywhere.
  struct SeededRandom {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func factor(_ spread: Double) -> Double {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      z ^= z >> 31
      return 1 + spread * (Double(z >> 11) / Double(1 << 53) * 2 - 1)
    }
  }
}
