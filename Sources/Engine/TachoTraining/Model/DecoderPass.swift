// SPDX-License-Identifier: Apache-2.0
import Glibc
package import TachoKernels

/// One pass of a decoder over packed sequences, forward and backward, on the calling thread.
///
/// Each kind of layer has its backward pass written out; there is no tape. All memory is reserved when the pass
/// is made. Passes of several threads share the parameters and have a gradient array each.
package final class DecoderPass<Scalar: TrainingScalar> {
  package let layout: ParameterLayout
  /// Most tokens, and most of one sequence.
  package let capacity: Int
  package let longest: Int
  let memory: PassMemory<Scalar>
  let operations: TrainingOperations<Scalar>
  /// Rows of queries with the keys they see, for the batch at hand.
  var blocks: [AttentionBlock] = []

  var shape: TrainingShape { layout.shape }

  package init(
    _ layout: ParameterLayout, capacity: Int, longest: Int, isa: ISA = .best
  ) throws {
    guard capacity >= 1, longest >= 1, longest <= layout.shape.contextLength else {
      throw TrainingError(
        .badShape,
        "sequences of up to \(longest) tokens, \(capacity) at a time: the model has a context of "
          + "\(layout.shape.contextLength)")
    }
    OpenBLAS.useOneThread()
    self.layout = layout
    self.capacity = capacity
    self.longest = min(longest, capacity)
    operations = Scalar.operations(isa)
    memory = PassMemory(layout, tokens: capacity, longest: self.longest)
    fillRotations()
  }

  /// Bytes of memory between and during passes, parameters and gradients not counted.
  package var memoryBytes: Int { memory.bytes }

  /// The same angles as the engine's inference for GGUF's llama: pairs (2i, 2i+1).
  private func fillRotations() {
    let pairs = shape.headDimension / 2
    for pair in 0..<pairs {
      let frequency = pow(shape.ropeBase, -2 * Double(pair) / Double(shape.headDimension))
      for position in 0..<shape.contextLength {
        memory.cosines[position * pairs + pair] = Scalar(cos(Double(position) * frequency))
        memory.sines[position * pairs + pair] = Scalar(sin(Double(position) * frequency))
      }
    }
  }

  func linear(_ parameters: UnsafePointer<Scalar>) -> LinearStep<Scalar> {
    LinearStep(
      operations: operations, parameters: parameters, scratch: memory.adapter,
      trained: layout.trainedCount)
  }

  /// Complains about a batch that does not fit the model.
  func check(_ batch: PackedSequences) throws {
    guard batch.count <= capacity, batch.longest <= longest || batch.sequences.isEmpty else {
      throw TrainingError(
        .badBatch,
        "\(batch.count) tokens in sequences of up to \(batch.longest): the pass has memory for "
          + "\(capacity), in sequences of up to \(longest)")
    }
    let vocabulary = shape.vocabulary
    for (index, token) in batch.tokens.enumerated() {
      guard token >= 0, Int(token) < vocabulary, Int(batch.targets[index]) < vocabulary else {
        throw TrainingError(
          .badBatch,
          "token \(index) is \(token) with target \(batch.targets[index]): the vocabulary has "
            + "\(vocabulary)")
      }
      guard batch.positions[index] >= 0, Int(batch.positions[index]) < shape.contextLength else {
        throw TrainingError(
          .badBatch,
          "token \(index) is at position \(batch.positions[index]): the context has "
            + "\(shape.contextLength)")
      }
    }
  }

  /// Runs the layers; what a backward pass needs stays in memory.
  ///
  /// - Parameter skipped: layers that are left out, for layer dropout; empty for none.
  package func forward(
    _ batch: PackedSequences, _ parameters: UnsafePointer<Scalar>, skipped: [Bool] = []
  ) throws {
    try check(batch)
    AttentionBlock.divide(batch, rows: PassMemory<Scalar>.blockRows, into: &blocks)
    let width = shape.width
    guard batch.count > 0 else { return }
    let first = memory.layers.first?.input ?? memory.output
    batch.tokens.withUnsafeBufferPointer { tokens in
      guard let tokens = tokens.baseAddress else { return }
      operations.gather(parameters + layout.embedding, tokens, nil, first, batch.count, width)
    }
    for (index, layer) in memory.layers.enumerated() {
      let next = output(of: index)
      if index < skipped.count, skipped[index] {
        next.update(from: layer.input, count: batch.count * width)
        continue
      }
      let places = layout.layers[index]
      attend(batch, places, layer, parameters)
      let normed = layer.channelNormed
      operations.rmsNorm(
        layer.middle, parameters + places.feedForwardNorm, normed, layer.channelInverse,
        batch.count, width, Scalar(shape.normEpsilon))
      next.update(from: layer.middle, count: batch.count * width)
      if let routing = layer.routing {
        mixExperts(places, layer, routing, parameters, count: batch.count, into: next)
      } else {
        feedForward(places, layer, parameters, count: batch.count, into: next)
      }
    }
  }

  /// The residual stream after `layer + 1` layers.
  func output(of layer: Int) -> UnsafeMutablePointer<Scalar> {
    layer + 1 < memory.layers.count ? memory.layers[layer + 1].input : memory.output
  }

  /// Adds the gradients of the batch that went forward last to `gradients` (`layout.trainedCount` numbers).
  package func backward(
    _ batch: PackedSequences, _ parameters: UnsafePointer<Scalar>,
    _ gradients: UnsafeMutablePointer<Scalar>, _ goal: PassGoal<Scalar>
  ) -> LossTerms {
    var terms = LossTerms(weight: batch.weight, exits: shape.exits.count)
    guard batch.count > 0 else { return terms }
    let width = shape.width
    memory.gradient.update(repeating: 0, count: batch.count * width)
    terms.main = head(
      batch, memory.output, layout.outputNorm, parameters, gradients, goal, share: 1,
      teacher: goal.teacher)
    for index in memory.layers.indices.reversed() {
      let layer = memory.layers[index]
      if let exit = shape.exits.firstIndex(of: index + 1), goal.exitWeights[exit] != 0 {
        terms.exits[exit] = head(
          batch, output(of: index), layout.exitNorms[exit], parameters, gradients, goal,
          share: goal.exitWeights[exit], teacher: nil)
      }
      if index < goal.skipped.count, goal.skipped[index] { continue }
      let places = layout.layers[index]
      if let routing = layer.routing {
        terms.balance += mixExpertsBackward(
          places, layer, routing, parameters, gradients, goal, count: batch.count)
      } else {
        feedForwardBackward(places, layer, parameters, gradients, count: batch.count)
      }
      operations.rmsNormBackward(
        layer.middle, parameters + places.feedForwardNorm, layer.channelInverse,
        memory.normedGradient, memory.gradient, trained(gradients, places.feedForwardNorm),
        batch.count, width)
      attendBackward(batch, places, layer, parameters, gradients)
    }
    if layout.isTrained(layout.embedding) {
      batch.tokens.withUnsafeBufferPointer { tokens in
        guard let tokens = tokens.baseAddress else { return }
        operations.scatter(
          memory.gradient, tokens, nil, gradients + layout.embedding, batch.count, width)
      }
    }
    return terms
  }

  /// Where a tensor's gradient goes, or nil when it is frozen.
  func trained(
    _ gradients: UnsafeMutablePointer<Scalar>, _ offset: Int
  ) -> UnsafeMutablePointer<Scalar>? {
    layout.isTrained(offset) ? gradients + offset : nil
  }
}
