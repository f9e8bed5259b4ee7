// SPDX-License-Identifier: Apache-2.0
import TachoTasks

/// How a model is trained, whatever its shape and data.
package struct TrainingSettings: Sendable, Equatable {
  package var seed: UInt64 = 1
  package var steps = 1000
  /// Tokens of a batch that goes through the model at once, and of its longest sequence.
  package var batchTokens = 2048
  package var longest = 512
  /// Batches whose gradients are added up to one step.
  package var batches = 2
  /// Gradient arrays that the batches of a step go to in turn, each summed by one thread.
  ///
  /// Their number, not that of threads, decides in which order numbers are added: the result is the same
  /// for any number of threads.
  package var shards = 2
  package var learningRate = 1e-3
  /// The rate at the end, as a share of the highest.
  package var finalRate = 0.1
  package var warmup = 100
  package var beta1 = 0.9
  package var beta2 = 0.95
  package var epsilon = 1e-8
  package var weightDecay = 0.1
  /// The longest gradient; longer ones are shortened to it, 0 leaves all as they are.
  package var clip = 1.0
  /// Weight of each exit's loss.
  package var exitWeights: [Double] = []
  /// Probability that the last layer is left out of a batch; earlier ones less (LayerSkip, Elhoushi and others
  /// 2024: times 2^(layer / last) - 1).
  package var layerDropout = 0.0
  /// Weight of the experts' balance loss.
  package var balance = 0.01
  /// Share of the divergence from a teacher in the loss, and its temperature.
  package var distillation = 0.0
  package var temperature = 1.0

  package init() {}

  package func validate(for shape: TrainingShape) throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      if !condition { throw TrainingError(.badRecipe, message()) }
    }
    try require(steps >= 1, "steps is \(steps): at least 1 is needed")
    try require(
      (1...shape.contextLength).contains(longest) && longest <= batchTokens,
      "sequence_tokens is \(longest): 1 to the context (\(shape.contextLength)) and to batch_tokens "
        + "(\(batchTokens)) is possible")
    try require(batchTokens <= 1 << 20, "batch_tokens is \(batchTokens): up to 1048576 is possible")
    try require(batches >= 1, "batches is \(batches): at least 1 is needed")
    try require(
      (1...batches).contains(shards), "shards is \(shards): 1 to batches (\(batches)) is possible")
    try require(
      learningRate > 0 && learningRate.isFinite,
      "learning_rate is \(learningRate): above 0 is needed"
    )
    try require((0...1).contains(finalRate), "final_rate is \(finalRate): 0 to 1 is possible")
    try require(
      warmup >= 0 && warmup <= steps, "warmup is \(warmup): 0 to steps (\(steps)) is possible")
    for (name, value) in [("beta1", beta1), ("beta2", beta2)] {
      try require((0..<1).contains(value), "\(name) is \(value): 0 to below 1 is possible")
    }
    try require(epsilon > 0, "epsilon is \(epsilon): above 0 is needed")
    try require(weightDecay >= 0, "weight_decay is \(weightDecay): it is not negative")
    try require(clip >= 0, "clip is \(clip): it is not negative")
    try require(
      exitWeights.count == shape.exits.count && exitWeights.allSatisfy { $0 >= 0 },
      "\(exitWeights.count) exit weights for \(shape.exits.count) exits: one, not negative, for each"
    )
    try require((0..<1).contains(layerDropout), "layer_dropout is \(layerDropout): 0 to below 1")
    try require(balance >= 0, "balance is \(balance): it is not negative")
    try require(
      (0...1).contains(distillation), "distillation is \(distillation): 0 to 1 is possible")
    try require(temperature > 0, "temperature is \(temperature): above 0 is needed")
  }

  /// The learning rate of a step (from 0): up in a line, then down along half a cosine (Loshchilov and Hutter
  /// 2017).
  package func rate(step: Int) -> Double {
    if step < warmup { return learningRate * Double(step + 1) / Double(warmup) }
    let way = Double(step - warmup) / Double(max(1, steps - warmup))
    let share = 0.5 * (1 + cosine(Double.pi * min(1, way)))
    return learningRate * (finalRate + (1 - finalRate) * share)
  }

  /// Which layers a batch leaves out.
  func skipped(step: Int, batch: Int, layers: Int) -> [Bool] {
    guard layerDropout > 0 else { return [] }
    var random = CounterRandom(seed: seed, stream: "layer dropout", step, batch)
    return (0..<layers).map { layer in
      let growth = powerOfTwo(Double(layer) / Double(max(1, layers - 1))) - 1
      return random.unit() < layerDropout * growth
    }
  }
}
