// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoTasks
import TachoTraining
import Testing

/// Whole steps: what they learn, that they repeat, that they go on where they stopped.
@Suite struct TrainerTests {
  static func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "tacho-training-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test func lossFallsOnWhatCanBeLearnt() throws {
    let trainer = try TinyTraining.trainer { settings, _ in settings.steps = 40 }
    let losses = try trainer.advance(steps: 40)
    // 272 equally likely tokens are 5.6 nats; lists of two letters are about 0.7.
    #expect(abs(losses[0] - 5.6) < 0.6)
    #expect(losses[39] < 2.2, "\(losses)")
    #expect(trainer.averageLoss ?? 9 < losses[0])
  }

  @Test func threadsDoNotChangeTheResult() throws {
    let one = try TinyTraining.trainer(threads: 1)
    let two = try TinyTraining.trainer(threads: 2)
    #expect(try one.advance(steps: 4) == two.advance(steps: 4))
    #expect(one.bits == two.bits)
    let other = try TinyTraining.trainer { settings, _ in settings.seed = 2 }
    try other.advance(steps: 4)
    let same = try TinyTraining.trainer { settings, _ in settings.layerDropout = 0.9 }
    try same.advance(steps: 4)
    #expect(same.bits != one.bits, "layer dropout leaves layers out")
  }

  /// One batch of all tokens and several of some give the same gradient but for the order of sums.
  @Test func accumulationIsTheSameAsALargeBatch() throws {
    struct Fixed: TrainingData {
      let batches: Int
      func fill(_ batch: inout PackedSequences, step: Int, index: Int) throws {
        for sequence in 0..<4 where sequence % batches == index {
          var random = CounterRandom(seed: 1, stream: "fixed", step, sequence)
          let tokens = (0..<8 + sequence).map { _ in Int32(random.number(0...255)) }
          try batch.append(
            tokens: tokens, targets: tokens.reversed(), weights: tokens.map { _ in 1 })
        }
      }
    }
    func norms(_ batches: Int, _ shards: Int) throws -> [Double] {
      var settings = TinyTraining.settings()
      (settings.batches, settings.shards, settings.clip) = (batches, shards, 0)
      let trainer = try Trainer(
        TrainingModel(TinyTraining.shape(), seed: 1), settings, data: Fixed(batches: batches))
      return try (0..<2).flatMap { _ in
        let report = try trainer.advance()
        return [report.gradientNorm, report.loss]
      }
    }
    let whole = try norms(1, 1)
    for (batches, shards) in [(2, 1), (4, 1), (4, 3), (2, 2)] {
      for (a, b) in zip(try norms(batches, shards), whole) {
        #expect(abs(a - b) < 1e-4 * b, "\(batches) batches in \(shards) shards")
      }
    }
  }

  @Test func resumesBitForBit() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("t.checkpoint").path
    func fresh() throws -> Trainer {
      try TinyTraining.trainer { settings, shape in
        settings.layerDropout = 0.5
        settings.exitWeights = [0.5]
        shape.exits = [1]
      }
    }
    let straight = try fresh()
    let losses = try straight.advance(steps: 7)
    let interrupted = try fresh()
    try interrupted.advance(steps: 3)
    try Checkpoint.write(interrupted, identity: "a", to: path)
    // What is done after the checkpoint is lost, and done again.
    try interrupted.advance(steps: 2)
    let resumed = try fresh()
    try Checkpoint.read(into: resumed, identity: "a", from: path)
    #expect(resumed.step == 3)
    #expect(try resumed.advance(steps: 4) == Array(losses.suffix(4)))
    #expect(resumed.bits == straight.bits)
    #expect(resumed.averageLoss == straight.averageLoss)
    // A file that is being written does not take the old one's place.
    #expect(!FileManager.default.fileExists(atPath: path + ".partial"))
  }

  @Test func foreignAndDamagedCheckpointsAreRefused() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("t.checkpoint").path
    let trainer = try TinyTraining.trainer()
    try trainer.advance(steps: 1)
    try Checkpoint.write(trainer, identity: "a", to: path)
    func message(_ trainer: Trainer, _ identity: String) -> String {
      do {
        try Checkpoint.read(into: trainer, identity: identity, from: path)
        return "none"
      } catch { return "\(error)" }
    }
    #expect(message(trainer, "b").contains("the recipe has changed"))
    let wider = try TinyTraining.trainer { _, shape in shape.feedForward = 96 }
    #expect(message(wider, "a").contains("has no tensor 'parameters'"))
    let before = trainer.bits
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
    #expect(message(trainer, "a") != "none")
    #expect(trainer.bits == before, "nothing is taken from a file that is damaged")
  }

  @Test func rateGoesUpInALineAndDownAlongACosine() {
    var settings = TrainingSettings()
    (settings.learningRate, settings.warmup, settings.steps, settings.finalRate) = (1, 4, 104, 0.2)
    #expect((0..<4).map { settings.rate(step: $0) } == [0.25, 0.5, 0.75, 1])
    #expect(abs(settings.rate(step: 4) - 1) < 1e-12)
    #expect(abs(settings.rate(step: 54) - 0.6) < 1e-12)
    #expect(abs(settings.rate(step: 104) - 0.2) < 1e-12)
  }

  @Test func clippingShortensTheStepOnlyWhenItIsLong() throws {
    func norm(_ clip: Double) throws -> (Double, [UInt32]) {
      let trainer = try TinyTraining.trainer { settings, _ in settings.clip = clip }
      let norm = try trainer.advance().gradientNorm
      try trainer.advance(steps: 1)
      return (norm, trainer.bits)
    }
    let (free, plain) = try norm(0)
    let (far, long) = try norm(free * 100)
    let (near, short) = try norm(free / 100)
    #expect(free == far && free == near)
    #expect(plain == long && plain != short)
  }

  @Test func divergenceIsSaid() throws {
    let trainer = try TinyTraining.trainer { settings, _ in
      settings.learningRate = 1e30
      settings.warmup = 0
    }
    #expect {
      try trainer.advance(steps: 5)
    } throws: { error in
      "\(error)".contains("lower learning_rate")
    }
  }

  @Test func distillationBringsAStudentNearItsTeacher() throws {
    let teacher = try TinyTraining.trainer { settings, _ in settings.steps = 30 }
    try teacher.advance(steps: 30)
    var settings = TinyTraining.settings()
    (settings.steps, settings.distillation, settings.temperature) = (25, 1, 2)
    var shape = TinyTraining.shape()
    shape.layers = 1
    let student = try Trainer(
      TrainingModel(shape, seed: 5), settings, data: TinyTraining.data(), teacher: teacher.model)
    let losses = try student.advance(steps: 25)
    #expect(losses[24] < losses[0] / 4, "\(losses)")
    #expect(throws: TrainingError.self) {
      try Trainer(TrainingModel(shape, seed: 5), settings, data: TinyTraining.data())
    }
  }

  @Test func settingsOutOfRangeAreSaid() throws {
    func message(_ adjust: (inout TrainingSettings) -> Void) -> String {
      do {
        _ = try TinyTraining.trainer { settings, _ in adjust(&settings) }
        return "none"
      } catch { return "\(error)" }
    }
    #expect(message { $0.steps = 0 }.contains("steps is 0"))
    #expect(message { $0.longest = 65 }.contains("sequence_tokens is 65"))
    #expect(message { $0.shards = 4 }.contains("shards is 4"))
    #expect(message { $0.exitWeights = [1] }.contains("1 exit weights for 0 exits"))
    #expect(message { $0.learningRate = .nan }.contains("learning_rate"))
    #expect(message { $0.distillation = 0.5 }.contains("a teacher"))
  }
}
