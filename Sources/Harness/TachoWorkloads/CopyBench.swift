// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// Copies one half of its memory to the other with every worker.
///
/// The bytes of a call are those that a program asked to move: every byte of the source read and every
/// byte of the target written. Through the caches a line is also read before it is written (read for
/// ownership), half as much again; that third transfer is in the fact
/// `kernel.bytes_with_ownership_reads`, not in the rate.
final class CopyBench: KernelBench {
  private let area: BenchMemory
  private let streaming: Bool
  private var source = AlignedBuffer<UInt8>(count: 0)
  private var target = AlignedBuffer<UInt8>(count: 0)
  private var threads = 1

  init(_ settings: Settings, _ engine: EngineConfiguration, streaming: Bool) throws {
    area = try BenchMemory(settings)
    self.streaming = streaming
  }

  private var moved: Int { area.bytesPerLaunch(threads: threads) }

  var facts: [String: ConfigurationValue] {
    [
      "kernel.working_set_bytes": .int(source.count + target.count),
      "kernel.bytes_with_ownership_reads": .int(streaming ? moved : moved / 2 * 3),
    ]
  }
  var work: KernelWork { KernelWork(activationBytes: Double(moved)) }
  var hasResult: Bool { false }

  func reserve(_ compute: Compute) {
    threads = compute.pool.threads
    let half = area.bytes(threads: threads) / 2
    source = AlignedBuffer(count: half)
    target = AlignedBuffer(count: half)
    for offset in stride(from: 0, to: half, by: 4096) {
      source.pointer[offset] = 1
      target.pointer[offset] = 1
    }
  }

  func run(_ compute: Compute, iteration: Int) {
    let copy = streaming ? compute.kernels.copyStream : compute.kernels.copy
    // Pieces are even: whole kibibytes or a worker's share of whole mebibytes.
    area.launch("copy", on: compute.pool) { _, offset, count in
      copy(source.pointer + offset / 2, target.pointer + offset / 2, count / 2)
    }
  }

  func result() -> [Float] { [] }
}
