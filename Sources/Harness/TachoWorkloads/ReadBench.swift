// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// Reads `kernel.working_set_mib` (at least 1 MiB, 256 by default) once per call with every worker:
/// the bandwidth that decoding is held against.
final class ReadBench: KernelBench {
  private let memory: AlignedBuffer<UInt8>
  private let sums: AlignedBuffer<UInt64>

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    let mebibytes = settings.int("kernel.working_set_mib")
    memory = AlignedBuffer(count: (mebibytes == 0 ? 256 : mebibytes) << 20)
    // Pages never written all map to one page of zeros, which a cache would hold.
    for offset in stride(from: 0, to: memory.count, by: 4096) { memory.pointer[offset] = 1 }
    sums = AlignedBuffer(count: 1024 * 8)
  }

  var facts: [String: ConfigurationValue] { ["kernel.read_bytes": .int(memory.count)] }
  var work: KernelWork { KernelWork(weightBytes: Double(memory.count)) }
  var hasResult: Bool { false }
  func reserve(_ compute: Compute) {}

  func run(_ compute: Compute, iteration: Int) {
    let read = compute.kernels.read
    compute.pool.launch("read", count: memory.count, grain: 1 << 18) { worker, range in
      sums.pointer[worker * 8] &+= read(memory.pointer + range.lowerBound, range.count)
    }
  }

  func result() -> [Float] { [] }
}
