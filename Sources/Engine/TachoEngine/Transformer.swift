// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
package import TachoKernels

/// The forward pass: one entry point for prefill, decoding, verification and batching alike.
package final class Transformer {
  package let model: Model
  package let compute: Compute
  package let configuration: EngineConfiguration
  /// What repacking the model's weights cost here; nothing where an earlier one had done it.
  package let repacking: Compute.Repacking
  private let workspace: Workspace

  package init(_ model: Model, _ configuration: EngineConfiguration) throws {
    self.model = model
    self.configuration = configuration
    try configuration.hugePages.apply()
    let kernels = try configuration.kernels()
    let layouts = model.kvLayouts(
      pageTokens: configuration.pageTokens, format: configuration.kvFormat)
    for layout in layouts { try layout.check() }
    // Before the pool, whose threads only `deinit` ends.
    workspace = try Workspace(
      model, maxRows: configuration.batchRows,
      attentionPartTokens: configuration.attentionPartTokens)
    compute = Compute(
      pool: ThreadPool(threads: configuration.threads, placement: configuration.placement),
      kernels: kernels,
      activations: configuration.activations, floatArithmetic: configuration.floatArithmetic,
      repacked: configuration.repack)
    compute.pool.delay = configuration.injectedDelay
    repacking = configuration.repack ? compute.repack(model.matrices) : .init()
    compute.reserveScratch(
      columns: max(model.embedding.columns, model.matrices.map(\.columns).max() ?? 0),
      headDimension: layouts.map(\.headDimension).max() ?? 0,
      pageTokens: configuration.pageTokens)
  }

  deinit { compute.pool.shutDown() }

  package func makeStore() -> KVStore {
    KVStore(
      layouts: model.kvLayouts(
        pageTokens: configuration.pageTokens, format: configuration.kvFormat))
  }

  /// Runs the batch, adds its keys and values to `store`, and returns the logits of the rows that
  /// want them, `[row][vocabulary]` in batch order.
  ///
  /// The memory is valid until the next call.
  package func forward(_ batch: TokenBatch, _ store: KVStore) throws -> UnsafeBufferPointer<Float> {
    guard batch.count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
    compute.pool.recorder?.beginStep(rows: batch.count)
    try check(batch)
    let step = try ForwardStep(batch, compute: compute, store: store, workspace: workspace)
    embed(batch)
    fillRotations(batch)
    var kvLayer = 0
    for (index, layer) in model.layers.enumerated() {
      compute.pool.recorder?.layer = Int32(index)
      try layer.mixer.apply(step, kvLayer: kvLayer)
      if layer.mixer.kvShape != nil { kvLayer += 1 }
      layer.channel.apply(step)
    }
    compute.pool.recorder?.layer = -1
    let logits = project(batch, step)
    compute.pool.recorder?.endStep()
    compute.pool.delay?.step += 1
    return logits
  }

  private func check(_ batch: TokenBatch) throws {
    guard batch.count <= configuration.batchRows else {
      throw EngineError(
        .badBatch,
        "a batch of \(batch.count) rows exceeds engine.batch_rows = \(configuration.batchRows)")
    }
    let vocabulary = model.embedding.rows
    for (index, row) in batch.rows.enumerated() {
      guard row.token >= 0, Int(row.token) < vocabulary else {
        throw EngineError(
          .badBatch, "row \(index) has token \(row.token): the vocabulary has \(vocabulary)")
      }
      guard row.position >= 0, row.position < 1 << 30 else {
        throw EngineError(.badBatch, "row \(index) has position \(row.position)")
      }
    }
  }

  private func embed(_ batch: TokenBatch) {
    let embedding = model.embedding
    let target = workspace.residual.pointer
    compute.pool.launch("embed", count: batch.count, grain: 8) { _, range in
      for row in range {
        let source = embedding.pointer + Int(batch.rows[row].token) * embedding.rowBytes
        _ = tk_dequantize(
          embedding.type.cFormat, source, target + row * embedding.columns, embedding.columns)
      }
    }
  }

  private func fillRotations(_ batch: TokenBatch) {
    let rotary = model.configuration.rotary
    let pairs = rotary.pairs
    compute.pool.launch("rotations", count: batch.count, grain: 16) { _, range in
      for row in range {
        rotary.fill(
          position: batch.rows[row].position, cosines: workspace.cosines.pointer + row * pairs,
          sines: workspace.sines.pointer + row * pairs)
      }
    }
  }

  private func project(_ batch: TokenBatch, _ step: ForwardStep) -> UnsafeBufferPointer<Float> {
    let wanted = batch.rows.indices.filter { batch.rows[$0].wantsLogits }
    guard !wanted.isEmpty else { return UnsafeBufferPointer(start: nil, count: 0) }
    let width = model.configuration.width
    // The wanted rows move to the front of the residual stream, which nothing needs any more.
    let residual = workspace.residual.pointer
    for (target, source) in wanted.enumerated() where target != source {
      (residual + target * width).update(from: residual + source * width, count: width)
    }
    step.norm(
      model.outputNorm, residual, into: workspace.normed.pointer, rows: wanted.count)
    compute.prepare(
      workspace.activations, from: workspace.normed.pointer, rows: wanted.count, columns: width,
      for: [model.output])
    let vocabulary = model.output.rows
    let logits = workspace.logits(rows: wanted.count, vocabulary: vocabulary)
    compute.multiply(workspace.activations, Model.logitsLaunch, .init(model.output, logits.pointer))
    return UnsafeBufferPointer(start: logits.pointer, count: wanted.count * vocabulary)
  }
}
