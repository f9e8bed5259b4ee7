// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// Reads `kernel.working_set_mib` (256 by default) once per call with every worker: the bandwidth that
/// decoding is held against.
///
/// With `kernel.thread_kib` each worker reads an area of its own, of a size
/// that a cache may hold.
final class ReadBench: KernelBench {
  private let area: BenchMemory
  private var memory = AlignedBuffer<UInt8>(count: 0)
  private let sums: AlignedBuffer<UInt64>
  private var threads = 1

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    area = try BenchMemory(settings)
    sums = AlignedBuffer(count: 1024 * 8)
  }

  var facts: [String: ConfigurationValue] { ["kernel.read_bytes": .int(memory.count)] }
  var work: KernelWork { KernelWork(weightBytes: Double(area.bytesPerLaunch(threads: threads))) }
  var hasResult: Bool { false }

  func reserve(_ compute: Compute) {
    threads = compute.pool.threads
    memory = AlignedBuffer(count: area.bytes(threads: threads))
    // Pages never written all map to one page of zeros, which a cache would hold.
    for offset in stride(from: 0, to: memory.count, by: 4096) { memory.pointer[offset] = 1 }
  }

  func run(_ compute: Compute, iteration: Int) {
    let read = compute.kernels.read
    area.launch("read", on: compute.pool) { worker, offset, count in
      sums.pointer[worker * 8] &+= read(memory.pointer + offset, count)
    }
  }

  func result() -> [Float] { [] }
}
