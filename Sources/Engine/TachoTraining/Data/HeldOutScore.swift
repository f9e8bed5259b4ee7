// SPDX-License-Identifier: Apache-2.0
import TachoKernels
package import TachoTasks

/// How well a model does on items it has not seen, told from one forward pass each.
///
/// An item counts as exact when each token of its answer is the likeliest after those before it: then, and only
/// then, greedy decoding writes the answer with all its steps. A result that is right with other steps is not
/// counted, so that a verifier's accuracy is at least this.
package struct HeldOutScore: Sendable, Equatable {
  package private(set) var items = 0
  package private(set) var exact = 0
  /// Tokens of answers, and the sum of their losses in nats.
  package private(set) var tokens = 0
  package private(set) var loss = 0.0

  package var accuracy: Double { items == 0 ? 0 : Double(exact) / Double(items) }
  package var lossPerToken: Double { tokens == 0 ? 0 : loss / Double(tokens) }

  /// Scores items `0 ..< count` of a source.
  ///
  /// - Parameter exit: which of the shape's early exits is read; nil for the output.
  package init(
    _ model: TrainingModel, _ source: TaskSource, count: Int, pass: DecoderPass<Float>,
    exit: Int? = nil
  ) throws {
    var batch = PackedSequences(capacity: pass.capacity, longest: pass.longest)
    for index in 0..<count {
      let item = try source.item(index)
      if try !MixtureData.append(item, to: &batch, promptWeight: 0) {
        try add(batch, model, pass, exit)
        batch.removeAll()
        _ = try MixtureData.append(item, to: &batch, promptWeight: 0)
      }
    }
    try add(batch, model, pass, exit)
  }

  private mutating func add(
    _ batch: PackedSequences, _ model: TrainingModel, _ pass: DecoderPass<Float>, _ exit: Int?
  ) throws {
    try pass.forward(batch, model.parameters.pointer)
    let result = pass.evaluate(batch, model.parameters.pointer, exit: exit)
    for sequence in batch.sequences {
      // The last position predicts the end, which is no part of the answer.
      let answer = sequence.dropLast().filter { batch.weights[$0] > 0 }
      items += 1
      exact += answer.allSatisfy { result.hits[$0] } ? 1 : 0
      tokens += answer.count
      loss += answer.reduce(0) { $0 + Double(result.losses[$1]) }
    }
  }
}
