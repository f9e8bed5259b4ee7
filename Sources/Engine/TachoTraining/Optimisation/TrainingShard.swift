// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// What one thread works with: a pass, a gradient array, the batches of its turn.
final class TrainingShard {
  let pass: DecoderPass<Float>
  let gradients: AlignedBuffer<Float>
  var batches: [PackedSequences]
  var terms: LossTerms
  /// Why its part of the step could not be done.
  var failure: (any Error)?
  private let teacher:
    (model: TrainingModel, pass: DecoderPass<Float>, logits: AlignedBuffer<Float>)?

  init(
    _ model: TrainingModel, _ settings: TrainingSettings, batches: Int, teacher: TrainingModel?,
    isa: ISA
  ) throws {
    let layout = model.layout
    pass = try DecoderPass(
      layout, capacity: settings.batchTokens, longest: settings.longest, isa: isa)
    gradients = AlignedBuffer(count: layout.trainedCount)
    self.batches = .init(
      repeating: PackedSequences(capacity: settings.batchTokens, longest: settings.longest),
      count: batches)
    terms = LossTerms(exits: layout.shape.exits.count)
    self.teacher = try teacher.map { model in
      (
        model,
        try DecoderPass(
          model.layout, capacity: settings.batchTokens, longest: settings.longest, isa: isa),
        AlignedBuffer(count: settings.batchTokens * model.layout.shape.vocabulary)
      )
    }
  }

  /// Bytes of memory, parameters not counted.
  var memoryBytes: Int {
    pass.memoryBytes + gradients.count * 4
      + (teacher.map { $0.pass.memoryBytes + $0.logits.count * 4 } ?? 0)
  }

  /// Forward and backward for all of its batches.
  ///
  /// - Parameter indices: the number of each batch in the step.
  func run(
    step: Int, indices: [Int], weight: Double, tokens: Int, _ parameters: UnsafePointer<Float>,
    _ settings: TrainingSettings
  ) {
    gradients.pointer.update(repeating: 0, count: gradients.count)
    terms = LossTerms(exits: pass.layout.shape.exits.count)
    do {
      for (batch, index) in zip(batches, indices) {
        let skipped = settings.skipped(
          step: step, batch: index, layers: pass.layout.shape.layers)
        try pass.forward(batch, parameters, skipped: skipped)
        if let teacher {
          try teacher.pass.forward(batch, teacher.model.parameters.pointer)
          teacher.pass.copyLogits(
            batch, teacher.model.parameters.pointer, to: teacher.logits.pointer)
        }
        let goal = PassGoal(
          scale: Float(1 / max(weight, 1e-30)), exitWeights: settings.exitWeights,
          balance: settings.balance * Double(batch.count) / Double(max(1, tokens)),
          skipped: skipped, teacher: teacher?.logits.pointer, distillation: settings.distillation,
          temperature: settings.temperature)
        var terms = pass.backward(batch, parameters, gradients.pointer, goal)
        terms.balance *= Double(batch.count) / Double(max(1, tokens))
        self.terms.add(terms)
      }
    } catch { failure = error }
  }
}
