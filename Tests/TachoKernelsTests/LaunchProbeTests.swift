// SPDX-License-Identifier: Apache-2.0
import Synchronization
import TachoKernels
import Testing

/// A pool's probe sees every worker's share of every launch, on the worker's own thread.
@Suite struct LaunchProbeTests {
  private final class Witness: LaunchProbe {
    let counts: [Counts]
    init(_ workers: Int) { counts = (0..<workers).map { _ in Counts() } }
    func began(worker: Int) { counts[worker].open.add(1, ordering: .relaxed) }
    func ended(_ op: StaticString, worker: Int) {
      if op.description == "sum" { counts[worker].closed.add(1, ordering: .relaxed) }
    }
  }

  private final class Counts: Sendable {
    let open = Atomic<Int>(0)
    let closed = Atomic<Int>(0)
  }

  @Test(arguments: [1, 2, 4]) func everyShareIsSeen(threads: Int) {
    let pool = ThreadPool(threads: threads)
    defer { pool.shutDown() }
    let witness = Witness(threads)
    let work = { pool.launch("sum", count: 64, grain: 1) { _, _ in } }
    work()
    pool.launchProbe = witness
    for _ in 0..<100 { work() }
    // Too little for more than the caller.
    pool.launch("sum", count: 1, grain: 1) { _, _ in }
    pool.launchProbe = nil
    work()
    for (worker, seen) in witness.counts.enumerated() {
      let expected = worker == 0 ? 101 : 100
      #expect(seen.open.load(ordering: .relaxed) == expected)
      #expect(seen.closed.load(ordering: .relaxed) == expected)
    }
  }
}
