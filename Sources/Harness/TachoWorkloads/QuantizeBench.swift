// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// Activations to int8 in blocks of 32, as before every quantised product.
final class QuantizeBench: KernelBench {
  private let batch: Int
  private let weights: WeightMatrix
  private let input: AlignedBuffer<Float>
  private let activations: Activations

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    batch = settings.int("kernel.batch")
    let columns = settings.int("kernel.columns")
    guard columns % 32 == 0 else {
      throw WorkloadError(
        .badConfiguration, "kernel.columns is \(columns): not a multiple of 32")
    }
    // The pool converts for a product; a matrix of one row names the format.
    let memory = AlignedBuffer<UInt8>(count: ElementType.q8_0.bytes(for: columns))
    weights = try WeightMatrix(
      bytes: UnsafeRawBufferPointer(memory.buffer), type: .q8_0, rows: 1, columns: columns,
      owner: memory)
    input = AlignedBuffer(count: batch * columns)
    activations = Activations(maxRows: batch, maxColumns: columns)
    var random = RandomSource(seed: 11)
    for index in 0..<input.count { input.pointer[index] = Float(random.nextUnit() * 2 - 1) }
  }

  var facts: [String: ConfigurationValue] { [:] }
  var work: KernelWork { KernelWork(activationBytes: 5.125 * Double(input.count)) }
  var hasResult: Bool { false }
  func reserve(_ compute: Compute) {}

  func run(_ compute: Compute, iteration: Int) {
    compute.prepare(
      activations, from: input.pointer, rows: batch, columns: weights.columns, for: [weights])
  }

  func result() -> [Float] { [] }
}
