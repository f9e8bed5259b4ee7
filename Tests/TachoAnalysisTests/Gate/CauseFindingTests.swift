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

  static func find(
    _ pairs: [CauseFinding.Pair], shift: Double = 0.2,
    functions: CauseFinding.Functions = .missing("valgrind is not installed")
  ) -> GateCause {
    CauseFinding(pairs, shift: shift, name: "p", functions: functions).cause
  }

  @Test func partsSumToTheWhole() {
    let base = [Self.sample([("a", 1_000), ("b", 500)]), Self.sample([("a", 1_100), ("b", 400)])]
    let candidate = [Self.sample([("a", 1_000), ("b", 800), ("c", 100)])]
    let cause = Self.find([.init(base: base, candidate: candidate)])
    let whole = candidate[0].seconds - (base[0].seconds + base[1].seconds) / 2
    #expect(abs(cause.kernels.reduce(0) { $0 + $1.change } - whole) < 1e-15)
    #expect(cause.kernels.map(\.name).prefix(2) == ["b", "c"])
    #expect(Set(cause.kernels.map(\.name)) == ["a", "b", "c", CauseFinding.between])
    #expect(cause.kernelsMissing == nil && cause.text.contains("most of it in b"))
    #expect(cause.factors.isEmpty && cause.factorsMissing != nil)
    // One pair has no interval.
    #expect(cause.kernels.allSatisfy { $0.low == nil && $0.high == nil })
  }

  @Test(arguments: 0..<20 as Range<UInt64>) func disturbedSamplesAndPairsDoNotMoveIt(_ seed: UInt64)
  {
    var generator = SeededGenerator(seed: seed)
    func noisy(_ ns: Int) -> Int {
      // Most within a percent, some twice as long.
      generator.index(below: 32) == 0 ? 2 * ns : ns + generator.index(below: max(1, ns / 100))
    }
    let pairs = (0..<10).map { _ in
      CauseFinding.Pair(
        base: (0..<8).map { _ in Self.sample([("a", noisy(100_000)), ("b", noisy(50_000))]) },
        candidate: (0..<8).map { _ in Self.sample([("a", noisy(100_000)), ("b", noisy(60_000))]) })
    }
    let cause = Self.find(pairs)
    let b = cause.kernels.first { $0.name == "b" }
    #expect(abs((b?.change ?? 0) - 10_000e-9) < 1_000e-9, "seed \(seed): \(cause.kernels)")
    #expect(cause.kernels.allSatisfy { $0.low != nil && $0.high != nil }, "seed \(seed)")
    #expect((b?.low ?? 1) <= 10_500e-9 && (b?.high ?? 0) >= 9_500e-9, "seed \(seed): \(cause)")
    // The shares sum as the changes do: what they are shares of is one number.
    let whole = cause.kernels.reduce(0) { $0 + $1.change }
    let shares = cause.kernels.reduce(0) { $0 + $1.share }
    #expect(abs(whole / shares - (b?.change ?? 0) / (b?.share ?? 1)) < 1e-12, "seed \(seed)")
  }

  @Test func whatDoesNotStandOutIsSaidSo() {
    // The sign of every kernel's change alternates.
    let pairs = (0..<10).map { index in
      let extra = index % 2 == 0 ? 300 : -250
      return CauseFinding.Pair(
        base: [Self.sample([("a", 1_000)])], candidate: [Self.sample([("a", 1_000 + extra)])])
    }
    let text = Self.find(pairs).text
    #expect(text.contains("no kernel stands out"), "\(text)")
    let faster = Self.find([
      .init(base: [Self.sample([("a", 1_000)])], candidate: [Self.sample([("a", 900)])])
    ]).text
    #expect(faster.contains("did not show again"), "\(faster)")
  }

  @Test func timesAreOfACall() {
    let base = [Self.sample([("a", 1_000), ("a", 1_000)], iterations: 2)]
    let candidate = [Self.sample([("a", 1_500)], iterations: 1)]
    let cause = Self.find([.init(base: base, candidate: candidate)], shift: 0.4)
    #expect(abs((cause.kernels.first { $0.name == "a" }?.change ?? 0) - 500e-9) < 1e-15)
  }

  @Test func withoutWholeTracesThereIsAReason() {
    var partial = Self.sample([("a", 1_000)])
    partial.trace?.omittedLaunches = 1
    let cause = Self.find([.init(base: [partial], candidate: [Self.sample([("a", 900)])])])
    #expect(cause.kernels.isEmpty && cause.kernelsMissing?.isEmpty == false)
    #expect(cause.text.contains("unavailable") && cause.text.contains("valgrind is not installed"))
    #expect(cause.functionsMissing == "valgrind is not installed")
    let none = Self.find([], shift: 0.1)
    #expect(none.kernels.isEmpty && none.factors.isEmpty)
  }

  @Test func theTextSaysWhetherItIsMoreWork() throws {
    func text(_ old: [String: Int], _ new: [String: Int]) throws -> String {
      let changes = try #require(
        FunctionChanges(
          base: FunctionChangesTests.counts(old), candidate: FunctionChangesTests.counts(new),
          name: { $0 }))
      return Self.find([], functions: .counted(changes)).text
    }
    let more = try text(["f": 1_000, "g": 500], ["f": 1_100, "g": 500])
    #expect(more.contains("+6.67% more instructions") && more.contains("f (+6.67%)"), "\(more)")
    let same = try text(["f": 100_000], ["f": 100_001])
    #expect(same.contains("not more work but longer work"), "\(same)")
    let fewer = try text(["f": 100], ["f": 90])
    #expect(fewer.contains("fewer instructions"), "\(fewer)")
  }
}
