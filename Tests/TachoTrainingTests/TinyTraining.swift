// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels
import TachoTasks
import TachoTraining

/// A model and data small enough to train in a test.
enum TinyTraining {
  static func shape() -> TrainingShape {
    TrainingShape(
      vocabulary: ByteVocabulary.size, width: 32, layers: 2, heads: 2, kvHeads: 1,
      headDimension: 16, feedForward: 64, contextLength: 64)
  }

  static func settings() -> TrainingSettings {
    var settings = TrainingSettings()
    settings.steps = 12
    settings.batchTokens = 128
    settings.longest = 64
    settings.batches = 3
    settings.shards = 2
    settings.learningRate = 5e-3
    settings.warmup = 2
    return settings
  }

  static func data() throws -> MixtureData {
    let lists = try TaskFamilies.make(
      "lists", Configuration(["lists.operation": "copy", "lists.alphabet": 2, "lists.length": 6]))
    let sums = try TaskFamilies.make("arithmetic", Configuration(["arithmetic.form": "direct"]))
    return try MixtureData(
      [
        .init(TaskSource(lists, split: .train, seed: 1), weight: 3),
        .init(TaskSource(sums, split: .train, seed: 1), weight: 1),
      ], seed: 1, promptWeight: 0.1)
  }

  static func trainer(
    threads: Int = 1, _ adjust: (inout TrainingSettings, inout TrainingShape) -> Void = { _, _ in }
  ) throws -> Trainer {
    var (settings, shape) = (settings(), shape())
    adjust(&settings, &shape)
    return try Trainer(
      TrainingModel(shape, seed: 1), settings, data: data(), threads: threads)
  }
}

extension Trainer {
  /// All parameters, bit by bit.
  var bits: [UInt32] { model.parameters.buffer.map(\.bitPattern) }

  /// Takes steps; their losses.
  @discardableResult
  func advance(steps: Int) throws -> [Double] { try (0..<steps).map { _ in try advance().loss } }
}
