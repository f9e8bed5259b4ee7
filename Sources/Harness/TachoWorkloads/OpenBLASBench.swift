// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels

/// The product of `gemm` in float32 through the system's OpenBLAS: what our kernels are held against.
final class OpenBLASBench: KernelBench {
  /// Read by the library when it is loaded, so it must be in the environment the worker starts with.
  static let variable = "OPENBLAS_CORETYPE"

  /// The value of the variable that a configuration needs; nil for none.
  static func coreType(_ configuration: Configuration) -> String? {
    guard configuration["kernel.op"]?.stringValue == "openblas",
      let core = configuration["kernel.openblas_coretype"]?.stringValue, core != "auto"
    else { return nil }
    return core
  }

  private let rows: Int
  private let columns: Int
  private let batch: Int
  private let weights: AlignedBuffer<Float>
  private let input: AlignedBuffer<Float>
  private let output: AlignedBuffer<Float>

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    let core = settings.text("kernel.openblas_coretype") ?? "auto"
    guard core == "auto" || OpenBLAS.core.lowercased() == core.lowercased() else {
      throw WorkloadError(
        .unsupported,
        "OpenBLAS took its kernels for \(OpenBLAS.core), not for \(core): it has none of that name, "
          + "or \(Self.variable) was not set when the worker was started")
    }
    rows = settings.int("kernel.rows")
    columns = settings.int("kernel.columns")
    batch = settings.int("kernel.batch")
    guard rows * columns < 1 << 32 else {
      throw WorkloadError(.badConfiguration, "\(rows * columns) weights exceed 16 GiB in float32")
    }
    weights = AlignedBuffer(count: rows * columns)
    input = AlignedBuffer(count: batch * columns)
    output = AlignedBuffer(count: batch * rows)
    var random = RandomSource(seed: 7)
    for index in 0..<weights.count { weights.pointer[index] = Float(random.nextUnit() - 0.5) }
    for index in 0..<input.count { input.pointer[index] = Float(random.nextUnit() * 2 - 1) }
  }

  var facts: [String: ConfigurationValue] {
    ["kernel.openblas_core": .string(OpenBLAS.core), "kernel.arithmetic": "f32"]
  }

  var work: KernelWork {
    KernelWork(
      flops: 2 * Double(rows) * Double(columns) * Double(batch),
      weightBytes: Double(4 * weights.count),
      activationBytes: Double(4 * batch * (rows + columns)))
  }

  var hasResult: Bool { false }
  func reserve(_ compute: Compute) {}

  func run(_ compute: Compute, iteration: Int) {
    OpenBLAS.multiply(
      weights: weights.pointer, rows: rows, columns: columns, input: input.pointer, batch: batch,
      out: output.pointer, threads: compute.pool.threads)
  }

  func operands(_ iteration: Int) -> [CacheOperand] {
    [
      CacheOperand(.weights, weights.pointer, 4 * weights.count),
      CacheOperand(.activations, input.pointer, 4 * input.count),
      CacheOperand(.activations, output.pointer, 4 * output.count),
    ]
  }

  func result() -> [Float] { [] }
}
