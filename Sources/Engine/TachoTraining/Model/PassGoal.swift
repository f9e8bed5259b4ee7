// SPDX-License-Identifier: Apache-2.0

/// What a backward pass makes smaller: scale * (main + sum of weight * exit) + balance * balance loss.
package struct PassGoal<Scalar: TrainingScalar> {
  /// Factor of all losses of tokens, for example one over the sum of a step's weights.
  package var scale: Scalar
  /// Weight of each exit's loss.
  package var exitWeights: [Double]
  /// Weight of the experts' balance loss, times this batch's share of the step.
  package var balance: Double
  /// Layers that the forward pass left out.
  package var skipped: [Bool]
  /// A teacher's logits for every token, `[token][vocabulary]`; overwritten.
  package var teacher: UnsafeMutablePointer<Scalar>?
  /// Share of the divergence from the teacher in the main loss, and its temperature.
  package var distillation: Double
  package var temperature: Double

  package init(
    scale: Scalar, exitWeights: [Double] = [], balance: Double = 0, skipped: [Bool] = [],
    teacher: UnsafeMutablePointer<Scalar>? = nil, distillation: Double = 0,
    temperature: Double = 1
  ) {
    self.scale = scale
    self.exitWeights = exitWeights
    self.balance = balance
    self.skipped = skipped
    self.teacher = teacher
    self.distillation = distillation
    self.temperature = temperature
  }
}

/// Losses of one or more passes, as sums of weight times loss in nats.
package struct LossTerms: Sendable, Equatable {
  /// The sum of weights.
  package var weight: Double
  package var main = 0.0
  package var exits: [Double]
  /// Balance losses (Fedus and others 2021: experts * sum of share of slots * mean probability), summed
  /// over layers.
  package var balance = 0.0

  package init(weight: Double = 0, exits: Int) {
    self.weight = weight
    self.exits = .init(repeating: 0, count: exits)
  }

  package mutating func add(_ other: LossTerms) {
    weight += other.weight
    main += other.main
    balance += other.balance
    for index in exits.indices { exits[index] += other.exits[index] }
  }
}
