// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels

/// A product of float weights, which may lie at any byte, with its exact result in float64.
struct FloatProblem {
  let weights: WeightMatrix
  let input: [Float]
  let batch: Int
  /// Weights and inputs as the arithmetic sees them: rounded or not.
  private let values: [Double]
  private let inputs: [Double]

  /// `draw` gives each weight; it is stored as `type`, `offset` bytes after an aligned address.
  init(
    _ type: ElementType, rows: Int, columns: Int, batch: Int, arithmetic: FloatArithmetic,
    seed: UInt64, offset: Int = 0, inputScale: Float = 1,
    draw: (inout TestRandom) -> Float = { $0.normal() }
  ) throws {
    var random = TestRandom(seed: seed)
    let bytes = type.bytes(for: columns) * rows
    let memory = AlignedBuffer<UInt8>(count: bytes + offset)
    let raw = UnsafeMutableRawPointer(memory.pointer) + offset
    let drawn = (0..<rows * columns).map { _ in draw(&random) }
    // A row at an odd address is not one a float pointer may have: it is written elsewhere first.
    let stored = AlignedBuffer<UInt8>(count: bytes)
    tk_quantize(type.cFormat, drawn, stored.pointer, drawn.count)
    raw.copyMemory(from: stored.pointer, byteCount: bytes)
    var exact = [Float](repeating: 0, count: drawn.count)
    tk_dequantize(type.cFormat, stored.pointer, &exact, drawn.count)
    weights = try WeightMatrix(
      bytes: UnsafeRawBufferPointer(start: raw, count: bytes), type: type, rows: rows,
      columns: columns, owner: memory)
    input = (0..<batch * columns).map { _ in inputScale * random.normal() }
    self.batch = batch
    let round = { (value: Float) -> Double in
      arithmetic == .bf16 ? Double(tk_bfloat_to_float(tk_float_to_bfloat(value))) : Double(value)
    }
    values = exact.map(round)
    inputs = input.map(round)
  }

  /// [batch][rows], summed in float64.
  func exact() -> [Float] {
    let (rows, columns) = (weights.rows, weights.columns)
    var out = [Float](repeating: 0, count: batch * rows)
    values.withUnsafeBufferPointer { values in
      inputs.withUnsafeBufferPointer { inputs in
        for b in 0..<batch {
          for row in 0..<rows {
            var total = 0.0
            var c = 0
            while c < columns {
              total += values[row * columns + c] * inputs[b * columns + c]
              c += 1
            }
            out[b * rows + row] = Float(total)
          }
        }
      }
    }
    return out
  }

  /// The first `batch` rows' results as `compute` finds them.
  func run(_ compute: Compute, batch: Int? = nil) -> [Float] {
    compute.product(weights, input, batch: batch ?? self.batch)
  }
}
