// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

extension EndToEnd {
  /// Points that need more than a suite allows become rows, and the others are measured.
  @Suite struct LimitTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    /// `large` fills memory until it is noticed; `huge` is refused memory by the kernel.
    static let suite = """
      schema: 1
      name: limits
      measure: { samples: 2, warmup: 0, contaminated: keep }
      benchmarks:
        fits:
          kind: kernel
          set: { kernel.op: "null" }
          measure: { memory: 256MiB, timeout: 1m }
        large:
          kind: kernel
          set: { kernel: { op: read, working_set_mib: 300 } }
          measure: { memory: 64MiB }
        huge:
          kind: kernel
          set: { kernel: { op: read, working_set_mib: 8192 } }
          measure: { memory: 64MiB }
        heavy:
          kind: kernel
          set: { kernel: { op: gemv, rows: 65536, columns: 16384 } }
          measure: { timeout: 1s }

      """

    @Test func becomeRows() throws {
      try place.write("limits.yaml", Self.suite)
      let result = try place.tacho("run", "limits.yaml", "--store", "s.sqlite")
      #expect(result.code == 1, "\(result)")
      let runs = try place.sweep("s.sqlite").runs.map(\.record)
      let endings = Dictionary(runs.map { ($0.point.benchmark, $0) }) { $1 }
      #expect(endings["fits"]?.status == .completed, "\(result)")
      for (name, status, reason) in [
        ("large", RunStatus.outOfMemory, "over the cap of 64 MiB"),
        ("huge", .outOfMemory, "out of memory"), ("heavy", .timedOut, "within 1.0 s"),
      ] {
        #expect(endings[name]?.status == status, "\(result)")
        #expect(endings[name]?.reason?.contains(reason) == true, "\(result)")
      }
      #expect(try place.becomesEmpty())
    }
  }
}
