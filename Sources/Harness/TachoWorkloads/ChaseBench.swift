// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// One thread's walk along pointers through all of its memory in random order: a call is one hop, and
/// its time the latency of a load.
///
/// One pointer a cache line, in one ring over all lines, so that nothing can guess the next line. Large
/// areas lie in huge pages where the system has them; without, a hop through much memory also waits for
/// the address translation.
final class ChaseBench: KernelBench {
  private static let lineBytes = 64
  private static let hopsPerRun = 10_000

  private let memory: AlignedBuffer<UInt>
  private var place: UnsafeRawPointer

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    let bytes = try BenchMemory(settings).bytes(threads: 1)
    let words = Self.lineBytes / MemoryLayout<UInt>.size
    let lines = bytes / Self.lineBytes
    guard lines <= Int(Int32.max) else {
      throw WorkloadError(
        .badConfiguration, "\(bytes) bytes are more than chase walks through: 128 GiB")
    }
    memory = AlignedBuffer(count: lines * words)
    place = UnsafeRawPointer(memory.pointer)
    // Sattolo 1986: a random permutation that is one ring.
    let next = AlignedBuffer<Int32>(count: lines)
    for line in 0..<lines { next.pointer[line] = Int32(line) }
    var random = RandomSource(seed: 17)
    for line in stride(from: lines - 1, to: 0, by: -1) {
      let other = Int(random.nextUnit() * Double(line))
      let held = next.pointer[line]
      next.pointer[line] = next.pointer[other]
      next.pointer[other] = held
    }
    for line in 0..<lines {
      let target = memory.pointer + Int(next.pointer[line]) * words
      memory.pointer[line * words] = UInt(bitPattern: target)
    }
  }

  var facts: [String: ConfigurationValue] {
    ["kernel.working_set_bytes": .int(memory.count * MemoryLayout<UInt>.size)]
  }
  var work: KernelWork { KernelWork() }
  var hasResult: Bool { false }
  var callsPerRun: Int { Self.hopsPerRun }
  func reserve(_ compute: Compute) {}

  func run(_ compute: Compute, iteration: Int) {
    place = compute.kernels.chase(place, Self.hopsPerRun)
  }

  func result() -> [Float] { [] }
}
