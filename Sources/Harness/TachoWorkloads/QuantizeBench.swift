// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// Activations to int8 in blocks of 32, as before every quantised product: for repacked weights unless
/// `weights.repack` is off.
final class QuantizeBench: KernelBench {
  private let batch: Int
  private let weights: WeightMatrix
  private let repack: Bool
  private let input: AlignedBuffer<Float>
  private let activations: Activations

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    batch = settings.int("kernel.batch")
    let columns = settings.int("kernel.columns")
    guard columns % 32 == 0 else {
      throw WorkloadError(
        .badConfiguration, "kernel.columns is \(columns): not a multiple of 32")
    }
    // Inputs are converted for a product; a matrix of the fewest rows that are repacked names the format.
    let rows = WeightPanels.rowsPerPanel
    repack = engine.repack
    let memory = AlignedBuffer<UInt8>(count: ElementType.q8_0.bytes(for: columns) * rows)
    weights = try WeightMatrix(
      bytes: UnsafeRawBufferPointer(memory.buffer), type: .q8_0, rows: rows, columns: columns,
      owner: memory)
    input = AlignedBuffer(count: batch * columns)
    activations = Activations(maxRows: batch, maxColumns: columns)
    var random = RandomSource(seed: 11)
    for index in 0..<input.count { input.pointer[index] = Float(random.nextUnit() * 2 - 1) }
  }

  var facts: [String: ConfigurationValue] { [:] }
  var work: KernelWork { KernelWork(activationBytes: 5.125 * Double(input.count)) }
  var hasResult: Bool { false }
  func reserve(_ compute: Compute) { if repack { _ = compute.repack([weights]) } }

  func run(_ compute: Compute, iteration: Int) {
    compute.prepare(
      activations, from: input.pointer, rows: batch, columns: weights.columns, for: [weights])
  }

  func operands(_ iteration: Int) -> [CacheOperand] {
    [CacheOperand(.activations, input.pointer, 4 * input.count)]
      + activations.memory.map { CacheOperand(.activations, $0.start, $0.count) }
  }

  func result() -> [Float] { [] }
}
