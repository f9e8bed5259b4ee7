// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

extension EndToEnd {
  /// Instruction counts of the real program under the real valgrind: equal to the last one.
  @Suite struct CallgrindTests {
    static let valgrind = ["/usr/bin/valgrind", "/usr/local/bin/valgrind"]
      .contains { FileManager.default.isExecutableFile(atPath: $0) }
    static var isPossible: Bool {
      #if arch(x86_64)
        valgrind
      #else
        false
      #endif
    }

    static let suite = """
      schema: 1
      name: counts
      measure: { samples: 1, warmup: 0, collect: callgrind }
      benchmarks:
        kernel:
          kind: kernel
          set: { kernel: { op: gemv, rows: 64, columns: 256 }, engine: { threads: 2, isa: ISA } }
          axes: { kernel.iterations: [1, 2, 3] }
        decode:
          kind: generate
          set:
            model.synth.shape: tiny-llama
            workload.output_tokens: 1
            engine: { threads: 1, isa: ISA }

      """

    let place: Workplace

    init() throws {
      place = try Workplace()
      try place.write("c.yaml", Self.suite.replacing("ISA", with: "avx2"))
      try place.write("wide.yaml", Self.suite.replacing("ISA", with: "amx"))
    }

    private func counts(_ sweep: ResultSet.Sweep) -> [String: InstructionCounts] {
      var all: [String: InstructionCounts] = [:]
      for run in sweep.runs {
        let counted = run.samples.compactMap(\.observation.callgrind)
        #expect(counted.count == 1 && run.samples.count >= 2)
        all["\(run.record.point.benchmark) \(run.record.point.label)"] = counted.first
      }
      return all
    }

    @Test(.enabled(if: isPossible, "no valgrind here: sudo apt-get install valgrind"))
    func everyInstructionAgain() throws {
      try place.expect("run", "c.yaml", "--store", "s.sqlite", "--quiet")
      let first = try place.sweep("s.sqlite")
      try place.expect("run", "c.yaml", "--store", "s.sqlite", "--quiet")
      let second = try place.sweep("s.sqlite")
      #expect(first.record.id != second.record.id)
      let before = counts(first)
      let after = counts(second)
      #expect(before.count == 4 && before.keys == after.keys)
      for (point, counts) in before {
        #expect(counts.unavailable == nil, "\(point)")
        #expect(counts.totals["Ir"] == after[point]?.totals["Ir"], "\(point)")
        #expect(counts.functions.map(\.name) == after[point]?.functions.map(\.name))
        let total = counts.functions.reduce(counts.otherInstructions) { $0 + $1.instructions }
        #expect(total == counts.totals["Ir"] && counts.functions.count > 3)
      }
      let run = try #require(first.runs.first)
      #expect(run.record.facts["callgrind.engine.threads"] == 1)
      try checkWork(before)

      let resumed = try place.tacho("run", "c.yaml", "--store", "s.sqlite", "--quiet", "--resume")
      #expect(resumed.code == 0 && resumed.errors.contains("nothing is left"), "\(resumed)")
      #expect(try place.sweep("s.sqlite").runs.count == 4)
    }

    /// One more call costs what the one before cost, and the product is nearly all of it.
    private func checkWork(_ counts: [String: InstructionCounts]) throws {
      let calls = try (1...3).map { count in
        try #require(counts["kernel kernel.iterations=\(count)"]?.totals["Ir"])
      }
      let steps = [Double(calls[1] - calls[0]), Double(calls[2] - calls[1])]
      #expect(steps[0] > 10_000 && abs(steps[0] - steps[1]) <= 0.001 * steps[0], "\(calls)")
      #expect(abs(Double(calls[0]) - steps[0]) <= 0.1 * steps[0], "\(calls)")
    }

    @Test func whatCannotBeCountedIsNoFailure() throws {
      let result = try place.tacho(
        "run", "wide.yaml", "--store", "w.sqlite", "--quiet", "--filter", "iterations=1")
      #expect(result.code == 0, "\(result)")
      let run = try #require(try place.sweep("w.sqlite").runs.first)
      // A processor without AMX skips the point, and then nothing is to be counted.
      guard run.record.status == .completed else {
        #expect(run.record.status == .skipped && run.samples.isEmpty)
        return
      }
      let reason = run.samples.last?.observation.callgrind?.unavailable ?? ""
      #expect(reason.contains("engine.isa is amx"), "\(reason)")
      #expect(try place.sweep("w.sqlite").events.contains { $0.kind == "instrument" })
    }
  }
}
