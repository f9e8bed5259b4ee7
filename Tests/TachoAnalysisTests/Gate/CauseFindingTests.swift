// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord
import Testing

/// The parts of a change sum to the whole, and what is not known is said.
@Suite struct CauseFindingTests {
  /// A sample of some launches, each so many nanoseconds, and 50 ns before each.
  static func sample(_ launches: [(String, Int)], iterations: Int? = nil) -> Observation {
    var clock = 1_000
    let records = launches.map { op, ns in
      clock += 50 + ns
      return LaunchRecord(
        op: op, variant: "v", step: 0, layer: 0, enqueueNs: clock - ns - 20,
        firstStartNs: clock - ns, lastStartNs: clock - ns, firstEndNs: clock, lastEndNs: clock,
        endNs: clock)
    }
    var observation = Observation(startNs: 1_000, endNs: clock + 30)
    observation.iterations = iterations
    observation.trace = SampleTrace(launches: records)
    return observation
  }

  @Test func partsSumToTheWhole() {
    let base = [Self.sample([("a", 1_000), ("b", 500)]), Self.sample([("a", 1_100), ("b", 400)])]
    let candidate = [Self.sample([("a", 1_000), ("b", 800), ("c", 100)])]
    let cause = CauseFinding(base: base, candidate: candidate, shift: 0.2, name: "p").cause
    let whole = candidate[0].seconds - (base[0].seconds + base[1].seconds) / 2
    #expect(abs(cause.kernels.reduce(0) { $0 + $1.change } - whole) < 1e-15)
    #expect(cause.kernels.map(\.name).prefix(2) == ["b", "c"])
    #expect(Set(cause.kernels.map(\.name)) == ["a", "b", "c", CauseFinding.between])
    #expect(cause.kernelsMissing == nil && cause.text.contains("added in b"))
    #expect(cause.factors.isEmpty && cause.factorsMissing != nil)
  }

  @Test func timesAreOfACall() {
    let base = [Self.sample([("a", 1_000), ("a", 1_000)], iterations: 2)]
    let candidate = [Self.sample([("a", 1_500)], iterations: 1)]
    let cause = CauseFinding(base: base, candidate: candidate, shift: 0.4, name: "p").cause
    #expect(abs((cause.kernels.first { $0.name == "a" }?.change ?? 0) - 500e-9) < 1e-15)
  }

  @Test func withoutWholeTracesThereIsAReason() {
    var partial = Self.sample([("a", 1_000)])
    partial.trace?.omittedLaunches = 1
    let cause = CauseFinding(
      base: [partial], candidate: [Self.sample([("a", 900)])], shift: 0.1, name: "p"
    ).cause
    #expect(cause.kernels.isEmpty && cause.kernelsMissing?.isEmpty == false)
    #expect(cause.text.contains("unavailable"))
    let none = CauseFinding(base: [], candidate: [], shift: 0.1, name: "p").cause
    #expect(none.kernels.isEmpty && none.factors.isEmpty)
  }
}
