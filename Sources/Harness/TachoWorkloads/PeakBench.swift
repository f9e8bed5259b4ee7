// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// Multiply-adds in registers with every worker: the arithmetic peak that products are held against.
///
/// Its factors are ones, which switch few transistors: where heat or current limits the clock, a
/// product of real data may not reach it.
final class PeakBench: KernelBench {
  /// A tenth of a millisecond with vectors, 1.5 ms with tiles.
  private static let rounds = 1 << 15
  /// Calls of the kernel per worker and launch, so that the last one to finish costs little.
  private static let chunks = 8

  private let arithmetic: PeakKernel.Arithmetic
  private let kernel: PeakKernel
  private let flopsPerChunk: Double
  private var counts = AlignedBuffer<UInt64>(count: 0)
  private var threads = 1

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    arithmetic = settings.text("kernel.arithmetic").flatMap(PeakKernel.Arithmetic.init) ?? .f32
    kernel = try PeakKernel(arithmetic, isa: try ISA.resolve(engine.isa))
    // The kernel counts what it does, so no figure of ours can be wrong about it.
    flopsPerChunk = 2 * Double(kernel.function(Self.rounds))
  }

  var facts: [String: ConfigurationValue] {
    [
      "kernel.arithmetic": .string(arithmetic.rawValue),
      "kernel.peak_isa": .string(kernel.isa.name),
    ]
  }

  var work: KernelWork { KernelWork(flops: flopsPerChunk * Double(Self.chunks * threads)) }
  var hasResult: Bool { false }
  func reserve(_ compute: Compute) {
    threads = compute.pool.threads
    counts = AlignedBuffer(count: threads * 8)
  }

  func run(_ compute: Compute, iteration: Int) {
    let function = kernel.function
    compute.pool.launch("peak", count: Self.chunks * threads, grain: 1) { worker, range in
      for _ in range { counts.pointer[worker * 8] &+= function(Self.rounds) }
    }
  }

  func result() -> [Float] { [] }
}
