// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// Norm, output projection and loss, some rows at a time, so that logits need little memory.
extension DecoderPass {
  /// The sum of weighted losses of what `stream` predicts; its gradient is added to `memory.gradient`.
  func head(
    _ batch: PackedSequences, _ stream: UnsafeMutablePointer<Scalar>, _ norm: Int,
    _ parameters: UnsafePointer<Scalar>, _ gradients: UnsafeMutablePointer<Scalar>,
    _ goal: PassGoal<Scalar>, share: Double, teacher: UnsafeMutablePointer<Scalar>?
  ) -> Double {
    let (width, vocabulary) = (shape.width, shape.vocabulary)
    var total = 0.0
    eachPart(batch, stream, norm, parameters) { rows, targets, weights in
      let loss = operations.crossEntropy(
        memory.logits, rows.count, vocabulary,
        .init(
          targets: targets, weights: weights, scale: goal.scale * Scalar(share),
          teacher: teacher.map { $0 + rows.lowerBound * vocabulary },
          distillation: Scalar(goal.distillation), temperature: Scalar(goal.temperature)), true,
        nil, nil)
      total += loss
      let first = rows.lowerBound * width
      if layout.isTrained(layout.output) {
        operations.product(
          vocabulary, width, rows.count, 1,
          MatrixOperand(memory.logits, stride: vocabulary, transposed: true),
          MatrixOperand(memory.headNormed + first, stride: width), 1, gradients + layout.output,
          width)
      }
      operations.product(
        rows.count, width, vocabulary, 1, MatrixOperand(memory.logits, stride: vocabulary),
        MatrixOperand(parameters + layout.output, stride: width), 0, memory.normedGradient + first,
        width)
    }
    operations.rmsNormBackward(
      stream, parameters + norm, memory.headInverse, memory.normedGradient, memory.gradient,
      trained(gradients, norm), batch.count, width)
    return total
  }

  /// Losses in nats and whether the target is the likeliest token, for every token of the batch that went forward
  /// last; both 0 where there is no target.
  ///
  /// - Parameter exit: which of the shape's exits is read; nil for the output.
  package func evaluate(
    _ batch: PackedSequences, _ parameters: UnsafePointer<Scalar>, exit: Int? = nil
  ) -> (losses: [Scalar], hits: [Bool]) {
    var losses = [Scalar](repeating: 0, count: batch.count)
    var hits = [UInt8](repeating: 0, count: batch.count)
    let (stream, norm) = place(exit)
    eachPart(batch, stream, norm, parameters) { rows, targets, weights in
      losses.withUnsafeMutableBufferPointer { losses in
        hits.withUnsafeMutableBufferPointer { hits in
          _ = operations.crossEntropy(
            memory.logits, rows.count, shape.vocabulary,
            .init(
              targets: targets, weights: weights, scale: 1, teacher: nil, distillation: 0,
              temperature: 1), false, losses.baseAddress.map { $0 + rows.lowerBound },
            hits.baseAddress.map { $0 + rows.lowerBound })
        }
      }
    }
    return (losses, hits.map { $0 != 0 })
  }

  /// Copies the logits of the batch that went forward last to `target`, `[token][vocabulary]`.
  package func copyLogits(
    _ batch: PackedSequences, _ parameters: UnsafePointer<Scalar>, exit: Int? = nil,
    to target: UnsafeMutablePointer<Scalar>
  ) {
    let (stream, norm) = place(exit)
    eachPart(batch, stream, norm, parameters) { rows, _, _ in
      (target + rows.lowerBound * shape.vocabulary).update(
        from: memory.logits, count: rows.count * shape.vocabulary)
    }
  }

  private func place(_ exit: Int?) -> (UnsafeMutablePointer<Scalar>, Int) {
    guard let exit else { return (memory.output, layout.outputNorm) }
    return (output(of: shape.exits[exit] - 1), layout.exitNorms[exit])
  }

  /// Leaves the logits of some rows after others in `memory.logits`.
  private func eachPart(
    _ batch: PackedSequences, _ stream: UnsafePointer<Scalar>, _ norm: Int,
    _ parameters: UnsafePointer<Scalar>,
    _ body: (
      _ rows: Range<Int>, _ targets: UnsafePointer<Int32>, _ weights: UnsafePointer<Scalar>
    ) -> Void
  ) {
    let (count, width) = (batch.count, shape.width)
    guard count > 0 else { return }
    for index in 0..<count { memory.lossWeights[index] = Scalar(batch.weights[index]) }
    operations.rmsNorm(
      stream, parameters + norm, memory.headNormed, memory.headInverse, count, width,
      Scalar(shape.normEpsilon))
    batch.targets.withUnsafeBufferPointer { targets in
      guard let targets = targets.baseAddress else { return }
      for first in stride(from: 0, to: count, by: memory.headRows) {
        let rows = first..<min(first + memory.headRows, count)
        operations.product(
          rows.count, shape.vocabulary, width, 1,
          MatrixOperand(memory.headNormed + first * width, stride: width),
          MatrixOperand(parameters + layout.output, stride: width, transposed: true), 0,
          memory.logits, shape.vocabulary)
        body(rows, targets + first, memory.lossWeights + first)
      }
    }
  }
}
