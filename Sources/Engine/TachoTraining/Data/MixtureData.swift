// SPDX-License-Identifier: Apache-2.0
package import TachoTasks

/// Items of several tasks in proportion, packed into batches: tokens of the byte vocabulary, each item from the
/// beginning token on, and ended after its answer.
package struct MixtureData: TrainingData {
  /// A task and its share.
  package struct Part: Sendable {
    package let source: TaskSource
    package let weight: Double

    package init(_ source: TaskSource, weight: Double) {
      self.source = source
      self.weight = weight
    }
  }

  package let parts: [Part]
  package let seed: UInt64
  /// The weight of the loss of a prompt's tokens; an answer's have 1.
  package let promptWeight: Double

  package init(_ parts: [Part], seed: UInt64, promptWeight: Double) throws {
    guard !parts.isEmpty, parts.allSatisfy({ $0.weight > 0 && $0.weight.isFinite }) else {
      throw TrainingError(.badRecipe, "a mixture needs one or more tasks with weights above 0")
    }
    guard (0...1).contains(promptWeight) else {
      throw TrainingError(.badRecipe, "prompt_weight is \(promptWeight): 0 to 1 is possible")
    }
    self.parts = parts
    self.seed = seed
    self.promptWeight = promptWeight
  }

  package func fill(_ batch: inout PackedSequences, step: Int, index: Int) throws {
    var random = CounterRandom(seed: seed, stream: "mixture", step, index)
    var refusals = 0
    // A few that do not fit are passed over for shorter ones.
    while batch.room > 0, refusals < Self.refusalLimit {
      let source = pick(&random)
      let item = try source.item(Int(truncatingIfNeeded: random.next() >> 2))
      if try !Self.append(item, to: &batch, promptWeight: promptWeight) { refusals += 1 }
    }
  }

  private static let refusalLimit = 4

  private func pick(_ random: inout CounterRandom) -> TaskSource {
    var rest = random.unit() * parts.reduce(0) { $0 + $1.weight }
    for part in parts.dropLast() {
      rest -= part.weight
      if rest < 0 { return part.source }
    }
    return parts[parts.count - 1].source
  }

  /// Adds an item if there is room for it; whether there was.
  package static func append(
    _ item: TaskItem, to batch: inout PackedSequences, promptWeight: Double
  ) throws -> Bool {
    let prompt = ByteVocabulary.encode(item.prompt)
    let tokens = [ByteVocabulary.begin] + prompt + ByteVocabulary.encode(item.answer)
    guard tokens.count <= batch.longest else {
      throw TrainingError(
        .badRecipe,
        "an item of \(item.task) has \(tokens.count) tokens, more than sequence_tokens, "
          + "\(batch.longest): raise that or turn the task's dials down")
    }
    guard tokens.count <= batch.room else { return false }
    let targets = Array(tokens.dropFirst()) + [ByteVocabulary.end]
    let weights = targets.indices.map { $0 < prompt.count ? Float(promptWeight) : 1 }
    try batch.append(tokens: tokens, targets: targets, weights: weights)
    return true
  }
}
