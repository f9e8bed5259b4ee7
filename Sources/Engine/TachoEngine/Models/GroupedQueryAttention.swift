// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
package import TachoKernels

/// Grouped-query attention (Ainslie and others, 2023) with rotary positions.
///
/// Biases on q, k, v (qwen2) and norms on each head's q and k (qwen3)
/// where the model has them.
package struct GroupedQueryAttention: SequenceMixer {
  package let norm: NormWeights
  package let query: WeightMatrix
  package let key: WeightMatrix
  package let value: WeightMatrix
  package let output: WeightMatrix
  package let queryBias: AlignedBuffer<Float>?
  package let keyBias: AlignedBuffer<Float>?
  package let valueBias: AlignedBuffer<Float>?
  package let outputBias: AlignedBuffer<Float>?
  package let queryNorm: NormWeights?
  package let keyNorm: NormWeights?
  package let heads: Int
  package let kvHeads: Int
  package let headDimension: Int
  package let rotary: RotaryEmbedding

  private static let inputLaunch: StaticString = "matmul.qkv"
  private static let outputLaunch: StaticString = "matmul.attention_output"

  package var matrices: [WeightMatrix] { [query, key, value, output] }
  package var products: [LaunchProducts] {
    [
      LaunchProducts(Self.inputLaunch, [query, key, value]),
      LaunchProducts(Self.outputLaunch, [output]),
    ]
  }
  package var kvShape: (heads: Int, headDimension: Int)? { (kvHeads, headDimension) }

  package func apply(_ step: ForwardStep, kvLayer: Int) throws {
    let compute = step.compute
    let rows = step.rows
    let workspace = step.workspace
    step.norm(norm, workspace.residual.pointer, into: workspace.normed.pointer)
    compute.prepare(
      workspace.activations, from: workspace.normed.pointer, rows: rows, columns: query.columns,
      for: [query, key, value])
    compute.multiply(
      workspace.activations, Self.inputLaunch,
      .init(query, workspace.queries.pointer, bias: queryBias?.pointer.immutable),
      .init(key, workspace.keys.pointer, bias: keyBias?.pointer.immutable),
      .init(value, workspace.values.pointer, bias: valueBias?.pointer.immutable))
    rotateAndStore(step, kvLayer: kvLayer)
    attend(step, kvLayer: kvLayer)
    compute.prepare(
      workspace.activations, from: workspace.attended.pointer, rows: rows,
      columns: output.columns, for: [output])
    compute.multiply(
      workspace.activations, Self.outputLaunch,
      .init(output, workspace.projected.pointer, bias: outputBias?.pointer.immutable))
    step.addToResidual(workspace.projected.pointer)
  }

  private func rotateAndStore(_ step: ForwardStep, kvLayer: Int) {
    let kernels = step.compute.kernels
    let workspace = step.workspace
    let layout = step.store.layouts[kvLayer]
    guard let write = kernels.kvWrite(layout.format) else { return }
    let interleaved: Int32 = rotary.pairing == .interleaved ? 1 : 0
    step.compute.pool.launch("rope_kv", count: step.rows, grain: 4) { _, range in
      for row in range {
        let cosines = workspace.cosines.pointer + row * rotary.pairs
        let sines = workspace.sines.pointer + row * rotary.pairs
        let q = workspace.queries.pointer + row * heads * headDimension
        let k = workspace.keys.pointer + row * kvHeads * headDimension
        for head in 0..<heads {
          let vector = q + head * headDimension
          if let queryNorm {
            kernels.rmsnorm(
              vector, queryNorm.values.pointer, vector, headDimension, queryNorm.epsilon)
          }
          kernels.rope(vector, cosines, sines, rotary.pairs, interleaved)
        }
        for head in 0..<kvHeads {
          let vector = k + head * headDimension
          if let keyNorm {
            kernels.rmsnorm(vector, keyNorm.values.pointer, vector, headDimension, keyNorm.epsilon)
          }
          kernels.rope(vector, cosines, sines, rotary.pairs, interleaved)
        }
        let slot = step.slots[row]
        let pages = step.pagePointers(segment: step.segmentOfRow[row], kvLayer: kvLayer)
        var args = tk_kv_write_args(
          k: k, v: workspace.values.pointer + row * kvHeads * headDimension,
          k_page: pages.keys[slot / layout.pageTokens],
          v_page: pages.values[slot / layout.pageTokens],
          kv_heads: kvHeads, head_dim: headDimension, page_tokens: layout.pageTokens,
          slot: slot % layout.pageTokens)
        write(&args)
      }
    }
  }

  private func attend(_ step: ForwardStep, kvLayer: Int) {
    let workspace = step.workspace
    AttentionLaunch(
      layout: step.store.layouts[kvLayer], heads: heads,
      sequences: step.attentionSequences(kvLayer: kvLayer),
      partTokens: workspace.attentionPartTokens
    ).run(
      step.compute, queries: workspace.queries.pointer.immutable,
      output: workspace.attended.pointer, scratch: workspace.attention)
  }
}

extension UnsafeMutablePointer {
  /// The same memory, for reading.
  var immutable: UnsafePointer<Pointee> { UnsafePointer(self) }
}
