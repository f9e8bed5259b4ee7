// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoSuite
import Testing

/// What making a plan costs.
///
/// The figures of a release build: `TACHO_MEASURE=1 swift test -c release -Xswiftc -enable-testing
/// --disable-xctest --filter PlanSpeedTests`.
@Suite(.serialized) struct PlanSpeedTests {
  static let measures = ProcessInfo.processInfo.environment["TACHO_MEASURE"] == "1"

  /// Three axes over ten knobs of a base: 10 x 100 x `columns` points.
  private static func yaml(columns: Int) -> String {
    """
    schema: 1
    name: large
    base:
      engine.isa: avx2
      kernel.op: gemv
      kernel.format: q4_0
      kernel.batch: 1
      kernel.heads: 32
      kernel.kv_heads: 8
      kernel.arithmetic: f32
      kv.format: f16
    benchmarks:
      k:
        kind: kernel
        set: { kernel.depth: 512, kernel.query_rows: 1 }
        axes:
          engine.threads: 1..10
          kernel.rows: 1..100
          kernel.columns: 1..\(columns)
    """
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let took = try clock.measure(body)
    return Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
  }

  /// A tenth of the largest plan, many times slower than needed: a bound that only a change of the
  /// order of growth breaks, in a debug build on a busy machine too.
  @Test func tenThousandPointsAreNoWait() throws {
    let suite = try SuiteFile.read(
      text: Self.yaml(columns: 10), path: "s.yaml", kinds: SampleKinds.all)
    var plan = Plan(suite: "", suiteText: "", points: [])
    let took = try seconds {
      plan = try Planner().plan(suite)
      #expect(Set(plan.points.map(\.point.id)).count == 10_000)
    }
    #expect(plan.points.count == 10_000)
    #expect(took < 15, "\(took) s for 10,000 points and their ids")
  }

  @Test(.enabled(if: measures)) func measureHundredThousandPoints() throws {
    var suite = try SuiteFile.read(text: Self.yaml(columns: 1), path: "s", kinds: SampleKinds.all)
    for _ in 0..<5 {
      let reading = try seconds {
        suite = try SuiteFile.read(
          text: Self.yaml(columns: 100), path: "s.yaml", kinds: SampleKinds.all)
      }
      var plan = Plan(suite: "", suiteText: "", points: [])
      let expanding = try seconds { plan = try Planner().plan(suite) }
      var ids: [String] = []
      let identifying = seconds { ids = plan.points.map(\.point.id) }
      var hash = ""
      let hashing = seconds { hash = plan.hash }
      let scheduling = seconds { _ = Schedule(plan, seed: 1) }
      #expect(ids.count == 100_000 && hash.count == 64)
      print(
        "100,000 points: reading \(reading) s, expanding \(expanding) s, ids \(identifying) s,"
          + " plan hash with its ids \(hashing) s, schedule \(scheduling) s")
    }
  }
}
