// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels

/// Prompts of random tokens: the same for the same seed, whichever kind of benchmark asks.
enum RandomPrompt {
  /// `count` tokens of the model's vocabulary.
  static func tokens(_ count: Int, of model: Model, seed: UInt64) -> [Int32] {
    var random = RandomSource(seed: seed)
    let vocabulary = UInt64(model.embedding.rows)
    return (0..<count).map { _ in Int32(random.next() % vocabulary) }
  }
}
