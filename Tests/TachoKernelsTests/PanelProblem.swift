// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels

/// A product of random quantised weights with random activations, and its exact result.
struct PanelProblem {
  let weights: WeightMatrix
  let batch: Int
  let input: [Float]
  /// In float64, from the weights' and the activations' quantised values.
  let expected: [Double]

  init(
    _ type: ElementType, rows: Int, columns: Int, batch: Int, seed: UInt64, scale: Float
  ) throws {
    var random = TestRandom(seed: seed)
    weights = try random.weights(type, rows: rows, columns: columns)
    self.batch = batch
    input = (0..<batch * columns).map { _ in scale * random.normal() }
    var exact = [Double](repeating: 0, count: rows * columns)
    var row = [Float](repeating: 0, count: columns)
    for index in 0..<rows {
      _ = tk_dequantize(
        type.cFormat, weights.pointer + index * weights.rowBytes, &row, columns)
      for column in 0..<columns { exact[index * columns + column] = Double(row[column]) }
    }
    var result = [Double](repeating: 0, count: batch * rows)
    for b in 0..<batch {
      let rounded = Self.rounded(Array(input[b * columns..<(b + 1) * columns]))
      for index in 0..<rows {
        var total = 0.0
        for column in 0..<columns { total += exact[index * columns + column] * rounded[column] }
        result[b * rows + index] = total
      }
    }
    expected = result
  }

  /// int8 in blocks of 32, as the kernels round.
  private static func rounded(_ values: [Float]) -> [Double] {
    var result: [Double] = []
    for first in stride(from: 0, to: values.count, by: 32) {
      let block = values[first..<first + 32]
      let largest = block.reduce(Float(0)) { max($0, $1.magnitude) }
      let inverse = largest > 0 ? 127 / largest : 0
      let step = Double(largest / 127)
      result += block.map { Double(($0 * inverse).rounded(.toNearestOrEven)) * step }
    }
    return result
  }

  func run(
    _ choice: KernelChoice, threads: Int = 2, activationRows: Range<Int>? = nil,
    repacked: Bool = true
  ) throws -> [Float] {
    let range = activationRows ?? 0..<batch
    let pool = ThreadPool(threads: threads)
    defer { pool.shutDown() }
    let compute = Compute(
      pool: pool, kernels: try choice.table(), activations: .q8, repacked: repacked)
    if repacked { _ = compute.repack([weights]) }
    let rows = range.lowerBound * weights.columns..<range.upperBound * weights.columns
    return compute.product(weights, input[rows], batch: range.count)
  }
}

/// ||a - b|| / ||b||, in double.
func relativeError64(_ a: [Float], _ b: [Double]) -> Double {
  var difference = 0.0
  var norm = 0.0
  for (x, y) in zip(a, b) {
    difference += (Double(x) - y) * (Double(x) - y)
    norm += y * y
  }
  return a.count == b.count && a.allSatisfy(\.isFinite)
    ? (difference / max(norm, 1e-300)).squareRoot() : .infinity
}
