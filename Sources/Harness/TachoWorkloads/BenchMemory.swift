// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels

/// What a bandwidth benchmark goes over: one area that all workers share, or an area for each worker.
///
/// `kernel.thread_kib` gives each worker so much of its own; else `kernel.working_set_mib` (256 by
/// default) is divided among them.
struct BenchMemory {
  /// Bytes of each worker's own area; nil when all share one.
  let own: Int?
  /// Bytes of the shared area.
  let shared: Int

  /// A call goes over an area that a cache holds until so many bytes were touched: some 100
  /// microseconds, beside which the launch is short.
  private static let bytesPerChunk = 8 << 20
  /// Chunks per worker and launch, so that the last one to finish costs little.
  private static let chunks = 8
  /// What a worker takes of a shared area at a time.
  private static let grain = 1 << 18

  init(_ settings: Settings) throws {
    let kibibytes = settings.int("kernel.thread_kib")
    let mebibytes = settings.int("kernel.working_set_mib")
    guard kibibytes == 0 || mebibytes == 0 else {
      throw WorkloadError(
        .badConfiguration,
        "kernel.thread_kib and kernel.working_set_mib both say how much memory: set one of them to 0"
      )
    }
    own = kibibytes == 0 ? nil : kibibytes << 10
    shared = (mebibytes == 0 ? 256 : mebibytes) << 20
  }

  /// All bytes, for so many workers.
  func bytes(threads: Int) -> Int { own.map { $0 * threads } ?? shared }

  /// Bytes that one launch goes over.
  func bytesPerLaunch(threads: Int) -> Int {
    own.map { $0 * Self.passes(of: $0) * Self.chunks * threads } ?? shared
  }

  private static func passes(of area: Int) -> Int { max(1, bytesPerChunk / area) }

  /// Goes over everything once: `body(worker, offset, count)` gets pieces of `bytes(threads:)`.
  func launch(
    _ op: StaticString, on pool: ThreadPool,
    _ body: (_ worker: Int, _ offset: Int, _ count: Int) -> Void
  ) {
    guard let own else {
      pool.launch(op, count: shared, grain: Self.grain) { worker, range in
        body(worker, range.lowerBound, range.count)
      }
      return
    }
    let passes = Self.passes(of: own)
    pool.launch(op, count: Self.chunks * pool.threads, grain: 1) { worker, range in
      for _ in range {
        for _ in 0..<passes { body(worker, worker * own, own) }
      }
    }
  }
}
