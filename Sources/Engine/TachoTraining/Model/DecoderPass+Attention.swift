// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// Attention with grouped queries and rotary positions.
extension DecoderPass {
  private var scoreScale: Scalar { 1 / Scalar(shape.headDimension).squareRoot() }

  /// Adds attention to the layer's input and leaves the sum in `middle`.
  func attend(
    _ batch: PackedSequences, _ places: ParameterLayout.Layer, _ layer: PassMemory<Scalar>.Layer,
    _ parameters: UnsafePointer<Scalar>
  ) {
    let (count, width) = (batch.count, shape.width)
    operations.rmsNorm(
      layer.input, parameters + places.attentionNorm, layer.attentionNormed,
      layer.attentionInverse, count, width, Scalar(shape.normEpsilon))
    let linear = linear(parameters)
    linear.forward(
      places.mixed, layer.attentionNormed, layer.mixed, count: count, rows: shape.mixedWidth,
      columns: width)
    rotate(layer.mixed, batch, sign: 1)
    let (mixed, dimension) = (shape.mixedWidth, shape.headDimension)
    eachHead(batch) { block, visible, head in
      let (rows, keys) = (block.rows.count, block.keys.count)
      let query = layer.mixed + block.rows.lowerBound * mixed + head * dimension
      let key = layer.mixed + block.keys.lowerBound * mixed + keyOffset(head)
      operations.product(
        rows, keys, dimension, 1, MatrixOperand(query, stride: mixed),
        MatrixOperand(key, stride: mixed, transposed: true), 0, memory.scores, keys)
      operations.softmax(
        memory.scores, rows, keys, scoreScale, visible,
        layer.logSums + block.rows.lowerBound * shape.heads + head, shape.heads)
      operations.product(
        rows, dimension, keys, 1, MatrixOperand(memory.scores, stride: keys),
        MatrixOperand(key + shape.keyWidth, stride: mixed), 0,
        layer.attended + block.rows.lowerBound * shape.queryWidth + head * dimension,
        shape.queryWidth)
    }
    layer.middle.update(from: layer.input, count: count * width)
    linear.forward(
      places.output, layer.attended, layer.middle, count: count, rows: width,
      columns: shape.queryWidth, beta: 1)
  }

  /// From the gradient by the layer's middle to that by its input, both in `memory.gradient`.
  func attendBackward(
    _ batch: PackedSequences, _ places: ParameterLayout.Layer, _ layer: PassMemory<Scalar>.Layer,
    _ parameters: UnsafePointer<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>
  ) {
    let (count, width, heads) = (batch.count, shape.width, shape.heads)
    let linear = linear(parameters)
    linear.backward(
      places.output, layer.attended, memory.gradient, memory.attendedGradient, gradients,
      count: count, rows: width, columns: shape.queryWidth)
    let (mixed, dimension, attended) = (shape.mixedWidth, shape.headDimension, shape.queryWidth)
    for head in 0..<heads {
      operations.rowDots(
        memory.attendedGradient + head * dimension, layer.attended + head * dimension, attended,
        count, dimension, memory.delta + head, heads)
    }
    memory.mixedGradient.update(repeating: 0, count: count * mixed)
    eachHead(batch) { block, visible, head in
      attendBackward(block, visible, head, layer)
    }
    rotate(memory.mixedGradient, batch, sign: -1)
    linear.backward(
      places.mixed, layer.attentionNormed, memory.mixedGradient, memory.normedGradient, gradients,
      count: count, rows: mixed, columns: width)
    operations.rmsNormBackward(
      layer.input, parameters + places.attentionNorm, layer.attentionInverse,
      memory.normedGradient, memory.gradient, trained(gradients, places.attentionNorm), count,
      width)
  }

  private func attendBackward(
    _ block: AttentionBlock, _ visible: TrainingOperations<Scalar>.Visible, _ head: Int,
    _ layer: PassMemory<Scalar>.Layer
  ) {
    let (rows, keys, mixed) = (block.rows.count, block.keys.count, shape.mixedWidth)
    let (dimension, attended) = (shape.headDimension, shape.queryWidth)
    let first = block.rows.lowerBound
    let query = layer.mixed + first * mixed + head * dimension
    let key = layer.mixed + block.keys.lowerBound * mixed + keyOffset(head)
    let queryGradient = memory.mixedGradient + first * mixed + head * dimension
    let keyGradient = memory.mixedGradient + block.keys.lowerBound * mixed + keyOffset(head)
    let above = MatrixOperand(
      UnsafePointer(memory.attendedGradient + first * attended + head * dimension),
      stride: attended)
    let (scores, changes) = (memory.scores, memory.scoreGradients)
    operations.product(
      rows, keys, dimension, 1, MatrixOperand(query, stride: mixed),
      MatrixOperand(key, stride: mixed, transposed: true), 0, scores, keys)
    operations.product(
      rows, keys, dimension, 1, above,
      MatrixOperand(key + shape.keyWidth, stride: mixed, transposed: true), 0, changes, keys)
    operations.softmaxBackward(
      scores, changes, rows, keys, scoreScale, visible,
      layer.logSums + first * shape.heads + head, memory.delta + first * shape.heads + head,
      shape.heads)
    operations.product(
      keys, dimension, rows, 1, MatrixOperand(scores, stride: keys, transposed: true), above, 1,
      keyGradient + shape.keyWidth, mixed)
    operations.product(
      rows, dimension, keys, 1, MatrixOperand(changes, stride: keys),
      MatrixOperand(key, stride: mixed), 1, queryGradient, mixed)
    operations.product(
      keys, dimension, rows, 1, MatrixOperand(changes, stride: keys, transposed: true),
      MatrixOperand(query, stride: mixed), 1, keyGradient, mixed)
  }

  /// Where the keys of a query head begin in a token's queries, keys and values; values are `keyWidth` on.
  private func keyOffset(_ head: Int) -> Int {
    shape.queryWidth + head / (shape.heads / shape.kvHeads) * shape.headDimension
  }

  private func rotate(
    _ mixed: UnsafeMutablePointer<Scalar>, _ batch: PackedSequences, sign: Scalar
  ) {
    batch.positions.withUnsafeBufferPointer { positions in
      guard let positions = positions.baseAddress else { return }
      // Queries and keys stand side by side: one call turns the heads of both.
      operations.rotate(
        mixed, shape.mixedWidth, batch.count, shape.heads + shape.kvHeads, shape.headDimension,
        shape.headDimension / 2, memory.cosines, memory.sines, positions, sign)
    }
  }

  private func eachHead(
    _ batch: PackedSequences,
    _ body: (AttentionBlock, TrainingOperations<Scalar>.Visible, Int) -> Void
  ) {
    batch.visible.withUnsafeBufferPointer { ends in
      batch.masks.withUnsafeBufferPointer { masks in
        guard let ends = ends.baseAddress else { return }
        for block in blocks {
          let mask = block.mask < 0 ? nil : masks.baseAddress.map { $0 + block.mask }
          let visible = TrainingOperations<Scalar>.Visible(
            first: memory.noKeys, end: ends + block.rows.lowerBound, mask: mask,
            maskStride: block.maskStride)
          for head in 0..<shape.heads { body(block, visible, head) }
        }
      }
    }
  }
}
