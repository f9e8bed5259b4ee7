// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import TachoModelFiles
package import TachoTasks

/// Follows a recipe in a folder: goes on from the checkpoint there if there is one, trains, scores, exports.
///
/// Files are `NAME.checkpoint`, `NAME.log.csv`, and in the end `NAME.gguf`.
package final class TrainingRun {
  package let recipe: TrainingRecipe
  package let trainer: Trainer
  package let checkpointPath: String
  package let modelPath: String
  /// The step that was gone on from; 0 for a new run.
  package let resumedAt: Int
  private let log: TrainingLog
  private let began = MonotonicClock.now()

  /// The result of a task's held-out items.
  package struct Score: Sendable {
    package let label: String
    package let split: TaskSplit
    package let score: HeldOutScore
    /// The same read from each early exit.
    package let exits: [HeldOutScore]
  }

  /// - Parameter threads: 0 takes one for each shard.
  package init(_ recipe: TrainingRecipe, folder: String, threads: Int = 0) throws {
    self.recipe = recipe
    let model: TrainingModel
    if let base = recipe.base, let adapters = recipe.adapters {
      model = try TrainingModel(gguf: GGUFFile(path: base)).adapted(
        adapters, seed: recipe.settings.seed)
    } else if let shape = recipe.shape {
      model = try TrainingModel(shape, seed: recipe.settings.seed)
    } else {
      throw TrainingError(.badRecipe, "\(recipe.name) has neither a model nor adapters")
    }
    guard model.layout.shape.vocabulary == ByteVocabulary.size else {
      throw TrainingError(
        .badRecipe,
        "\(recipe.base ?? recipe.name) has a vocabulary of \(model.layout.shape.vocabulary) tokens: tasks "
          + "are written in the \(ByteVocabulary.size) of bytes")
    }
    let data = try MixtureData(
      recipe.mixture.map {
        .init(
          TaskSource($0.family, split: .train, seed: recipe.settings.seed), weight: $0.weight)
      }, seed: recipe.settings.seed, promptWeight: recipe.promptWeight)
    trainer = try Trainer(
      model, recipe.settings, data: data,
      teacher: try recipe.teacher.map { try TrainingModel(gguf: GGUFFile(path: $0)) },
      threads: threads, isa: ISA.resolve(nil))
    checkpointPath = FilePaths.join(folder, recipe.name + ".checkpoint")
    modelPath = FilePaths.join(folder, recipe.name + ".gguf")
    if FilePaths.exists(checkpointPath) {
      try Checkpoint.read(into: trainer, identity: recipe.identity, from: checkpointPath)
    }
    resumedAt = trainer.step
    log = try TrainingLog(
      path: FilePaths.join(folder, recipe.name + ".log.csv"), keepingBefore: trainer.step)
  }

  package var isFinished: Bool { trainer.step >= recipe.settings.steps }

  /// Seconds until the last step at the pace of this process; nil before the first.
  package var secondsLeft: Double? {
    let done = trainer.step - resumedAt
    guard done > 0 else { return nil }
    let each = Double(MonotonicClock.now() - began) / 1e9 / Double(done)
    return each * Double(recipe.settings.steps - trainer.step)
  }

  /// Takes one step, with its line in the log and a checkpoint when one is due.
  package func advance() throws -> Trainer.Report {
    let report = try trainer.advance()
    try log.append(report)
    if trainer.step % recipe.checkpointEvery == 0 || isFinished { try save() }
    return report
  }

  package func save() throws {
    try Checkpoint.write(trainer, identity: recipe.identity, to: checkpointPath)
  }

  /// Whether scores on the way are due after the step just taken.
  package var isScoreDue: Bool {
    recipe.scoreEvery > 0 && trainer.step % recipe.scoreEvery == 0 && !isFinished
  }

  /// Scores the model on held-out items of each task: on the search split on the way, on the evaluation split at
  /// the end.
  package func scores(_ split: TaskSplit) throws -> [Score] {
    let settings = recipe.settings
    let layout = trainer.model.layout
    let pass = try DecoderPass<Float>(
      layout, capacity: settings.batchTokens, longest: settings.longest, isa: ISA.resolve(nil))
    // Material that is only there to be learnt has no held-out items.
    return try recipe.mixture.filter { $0.family.splits.contains(split) }.map { entry in
      let source = TaskSource(entry.family, split: split, seed: settings.seed)
      func score(_ exit: Int?) throws -> HeldOutScore {
        try HeldOutScore(
          trainer.model, source, count: recipe.scoredItems, pass: pass, exit: exit)
      }
      return Score(
        label: entry.label, split: split, score: try score(nil),
        exits: try layout.shape.exits.indices.map { try score($0) })
    }
  }

  /// Writes the model as f16, with what it is and how it did in its metadata.
  package func export(_ scores: [Score]) throws {
    var facts: [(String, GGUFValue)] = [
      ("tacho.recipe", .string(recipe.name)), ("tacho.recipe.identity", .string(recipe.identity)),
      ("tacho.training.steps", .uint32(UInt32(clamping: trainer.step))),
      ("tacho.training.seed", .uint64(recipe.settings.seed)),
    ]
    for score in scores {
      facts.append(("tacho.score.\(score.label)", .float32(Float(score.score.accuracy))))
    }
    let model = trainer.model.layout.adapters == nil ? trainer.model : try trainer.model.merged()
    try ModelExport.write(model, name: recipe.name, facts: facts, to: modelPath)
  }
}
