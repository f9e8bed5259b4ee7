// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoCatalog
import TachoEngine
import TachoKernels

/// Weights of one format times activation rows, through the same path as the model's layers: the
/// conversion of the activations is part of it.
final class MatmulBench: KernelBench {
  private let matrices: [WeightMatrix]
  private let arithmetic: PeakKernel.Arithmetic
  private let batch: Int
  private let input: AlignedBuffer<Float>
  private let output: AlignedBuffer<Float>
  private let activations: Activations
  private let repack: Bool

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    let rows = settings.int("kernel.rows")
    let columns = settings.int("kernel.columns")
    batch = settings.int("kernel.batch")
    repack = engine.repack
    guard let type = ElementType(name: settings.text("kernel.format") ?? "") else {
      throw WorkloadError(.badConfiguration, "kernel.format names no weight format")
    }
    guard columns % max(32, type.blockCount) == 0 else {
      throw WorkloadError(
        .badConfiguration, "kernel.columns is \(columns): not whole blocks of \(type.name)")
    }
    arithmetic = ModelArithmetic.of(type, engine.activations, engine.floatArithmetic)
    let one = type.bytes(for: columns) * rows
    let copies = max(1, (settings.int("kernel.working_set_mib") << 20 + one - 1) / one)
    guard one * copies < 1 << 36 else {
      throw WorkloadError(.badConfiguration, "\(one * copies) bytes of weights exceed 64 GiB")
    }
    let first = try Self.randomMatrix(type, rows: rows, columns: columns)
    matrices =
      try [first]
      + (1..<max(1, copies)).map { _ in
        let memory = AlignedBuffer<UInt8>(count: one)
        UnsafeMutableRawPointer(memory.pointer).copyMemory(from: first.pointer, byteCount: one)
        return try WeightMatrix(
          bytes: UnsafeRawBufferPointer(memory.buffer), type: type, rows: rows, columns: columns,
          owner: memory)
      }
    input = AlignedBuffer(count: batch * columns)
    output = AlignedBuffer(count: batch * rows)
    activations = Activations(maxRows: batch, maxColumns: columns)
    var random = RandomSource(seed: 11)
    for index in 0..<input.count { input.pointer[index] = Float(random.nextUnit() * 2 - 1) }
  }

  /// Random weights; 64 different rows repeat, because quantising is not what is measured.
  private static func randomMatrix(_ type: ElementType, rows: Int, columns: Int) throws
    -> WeightMatrix
  {
    var random = RandomSource(seed: 7)
    let rowBytes = type.bytes(for: columns)
    let memory = AlignedBuffer<UInt8>(count: rowBytes * rows)
    let raw = UnsafeMutableRawPointer(memory.pointer)
    let values = AlignedBuffer<Float>(count: columns)
    for row in 0..<rows {
      if row >= 64 {
        (raw + row * rowBytes).copyMemory(from: raw + (row - 64) * rowBytes, byteCount: rowBytes)
        continue
      }
      for index in 0..<columns { values.pointer[index] = Float(random.nextUnit() - 0.5) * 0.1 }
      _ = tk_quantize(type.cFormat, values.pointer, raw + row * rowBytes, columns)
    }
    return try WeightMatrix(
      bytes: UnsafeRawBufferPointer(memory.buffer), type: type, rows: rows, columns: columns,
      owner: memory)
  }

  var facts: [String: ConfigurationValue] {
    [
      "kernel.weight_copies": .int(matrices.count), "kernel.weight_bytes": .int(matrices[0].bytes),
      "kernel.arithmetic": .string(arithmetic.rawValue),
      "weights.repacked_bytes": .int(matrices.reduce(0) { $0 + ($1.panels?.bytes ?? 0) }),
    ]
  }

  var work: KernelWork {
    let matrix = matrices[0]
    return KernelWork(
      flops: 2 * Double(matrix.rows) * Double(matrix.columns) * Double(batch),
      weightBytes: Double(matrix.bytes),
      activationBytes: Double(4 * batch * (matrix.rows + matrix.columns)))
  }

  var hasResult: Bool { true }

  func reserve(_ compute: Compute) {
    compute.reserveScratch(columns: matrices[0].columns, headDimension: 64, pageTokens: 64)
    if repack { _ = compute.repack(matrices) }
  }

  func run(_ compute: Compute, iteration: Int) {
    let matrix = matrices[iteration % matrices.count]
    compute.prepare(
      activations, from: input.pointer, rows: batch, columns: matrix.columns, for: [matrix])
    compute.multiply(activations, "matmul", .init(matrix, output.pointer))
  }

  func operands(_ iteration: Int) -> [CacheOperand] {
    let matrix = matrices[iteration % matrices.count]
    let weights =
      matrix.panels.map { CacheOperand(.weights, $0.pointer, $0.bytes) }
      ?? CacheOperand(.weights, matrix.pointer, matrix.bytes)
    return [
      weights, CacheOperand(.activations, input.pointer, 4 * input.count),
      CacheOperand(.activations, output.pointer, 4 * output.count),
    ] + activations.memory.map { CacheOperand(.activations, $0.start, $0.count) }
  }

  func result() -> [Float] { Array(output.buffer) }
}
