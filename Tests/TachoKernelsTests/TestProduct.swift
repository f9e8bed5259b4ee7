// SPDX-License-Identifier: Apache-2.0
import TachoKernels

extension Compute {
  /// `weights` times the first `batch` rows of `input`, by the path that a model's layers take.
  func product(_ weights: WeightMatrix, _ input: some Collection<Float>, batch: Int) -> [Float] {
    reserveScratch(columns: weights.columns, headDimension: 64, pageTokens: 64)
    let source = AlignedBuffer<Float>(count: input.count)
    _ = source.buffer.update(fromContentsOf: input)
    let activations = Activations(maxRows: batch, maxColumns: weights.columns)
    let out = AlignedBuffer<Float>(count: batch * weights.rows)
    prepare(
      activations, from: source.pointer, rows: batch, columns: weights.columns, for: [weights])
    multiply(activations, "test", .init(weights, out.pointer))
    return Array(out.buffer)
  }
}
