// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// The buffers of a forward pass, sized once for the most rows it may have.
final class Workspace {
  let maxRows: Int
  let residual: AlignedBuffer<Float>
  let normed: AlignedBuffer<Float>
  let queries: AlignedBuffer<Float>
  let keys: AlignedBuffer<Float>
  let values: AlignedBuffer<Float>
  let attended: AlignedBuffer<Float>
  let projected: AlignedBuffer<Float>
  let gate: AlignedBuffer<Float>
  let up: AlignedBuffer<Float>
  let cosines: AlignedBuffer<Float>
  let sines: AlignedBuffer<Float>
  let activations: Activations
  let attention = AttentionScratch()
  let attentionPartTokens: Int
  private(set) var logits = AlignedBuffer<Float>(count: 0)

  /// Fails when the model's file is small beside the buffers its dimensions ask for.
  init(_ model: Model, maxRows: Int, attentionPartTokens: Int) throws {
    let shape = model.configuration
    self.maxRows = maxRows
    self.attentionPartTokens = attentionPartTokens
    let hidden = model.layers.map(\.channel.hiddenWidth).max() ?? 0
    let attention = shape.heads * shape.headDimension
    let widest = max(shape.width, hidden, attention)
    let rowBytes = 4 * (3 * shape.width + 4 * attention + 2 * hidden) + 11 * widest
    let allowed = max(1 << 30, 8 * model.weightBytesPerPass)
    guard rowBytes <= allowed / max(1, maxRows) else {
      throw EngineError(
        .badConfiguration,
        "engine.batch_rows = \(maxRows) needs buffers of \(rowBytes * maxRows) bytes, too much for "
          + "a model of \(model.weightBytesPerPass): use at most \(max(1, allowed / rowBytes))")
    }
    func rows(_ width: Int) -> AlignedBuffer<Float> { AlignedBuffer(count: maxRows * width) }
    residual = rows(shape.width)
    normed = rows(shape.width)
    queries = rows(attention)
    keys = rows(shape.kvHeads * shape.headDimension)
    values = rows(shape.kvHeads * shape.headDimension)
    attended = rows(attention)
    projected = rows(shape.width)
    gate = rows(hidden)
    up = rows(hidden)
    cosines = rows(shape.rotary.pairs)
    sines = rows(shape.rotary.pairs)
    activations = Activations(maxRows: maxRows, maxColumns: widest)
  }

  /// Room for the logits of `rows` rows: grown on demand, because most passes want one row or none.
  func logits(rows: Int, vocabulary: Int) -> AlignedBuffer<Float> {
    if logits.count < rows * vocabulary { logits = AlignedBuffer(count: rows * vocabulary) }
    return logits
  }
}
