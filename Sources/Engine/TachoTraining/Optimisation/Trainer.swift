// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// Where a trainer's batches come from.
///
/// What is in a batch follows from its step and number alone, so that a run can go on at any step.
package protocol TrainingData: Sendable {
  /// Fills an empty batch; called on several threads at once.
  func fill(_ batch: inout PackedSequences, step: Int, index: Int) throws
}

/// Trains a model step by step; the same bits for the same settings, data and instruction set, whatever the
/// number of threads and wherever it was interrupted.
package final class Trainer {
  package let model: TrainingModel
  package let settings: TrainingSettings
  /// Steps that are done.
  package internal(set) var step = 0
  /// The mean loss of recent steps (each weighs 5%), in nats a token; nil before the first.
  package internal(set) var averageLoss: Double?
  let optimizer: AdamW
  private let data: any TrainingData
  private let pool: ThreadPool
  private let operations: TrainingOperations<Float>
  private var shards: [TrainingShard] = []

  /// What a step did.
  package struct Report: Sendable {
    package let step: Int
    /// Mean loss of the output in nats a token, of each exit, and the balance loss of all layers.
    package let loss: Double
    package let exitLosses: [Double]
    package let balance: Double
    package let gradientNorm: Double
    package let learningRate: Double
    package let tokens: Int
    package let flops: Double
    package let nanoseconds: Int
  }

  package init(
    _ model: TrainingModel, _ settings: TrainingSettings, data: any TrainingData,
    teacher: TrainingModel? = nil, threads: Int = 0, isa: ISA = .best
  ) throws {
    try settings.validate(for: model.layout.shape)
    if let teacher, teacher.layout.shape.vocabulary != model.layout.shape.vocabulary {
      throw TrainingError(
        .badRecipe,
        "the teacher has \(teacher.layout.shape.vocabulary) tokens and the model "
          + "\(model.layout.shape.vocabulary): they must share a vocabulary")
    }
    guard (settings.distillation > 0) == (teacher != nil) else {
      throw TrainingError(
        .badRecipe,
        "distillation is \(settings.distillation): a teacher and a share above 0 go together")
    }
    self.model = model
    self.settings = settings
    self.data = data
    operations = Float.operations(isa)
    optimizer = AdamW(model.layout, operations)
    for shard in 0..<settings.shards {
      let batches = (settings.batches - shard + settings.shards - 1) / settings.shards
      shards.append(
        try TrainingShard(model, settings, batches: batches, teacher: teacher, isa: isa))
    }
    pool = ThreadPool(
      threads: threads == 0 ? min(settings.shards, ThreadPool.availableProcessors) : threads)
  }

  deinit { pool.shutDown() }

  /// Bytes of memory of passes and gradients.
  package var memoryBytes: Int { shards.reduce(0) { $0 + $1.memoryBytes } }

  /// Takes one step.
  package func advance() throws -> Report {
    let began = MonotonicClock.now()
    OpenBLAS.useOneThread()
    let (shards, settings, data, step) = (shards, settings, data, step)
    let parameters = UnsafePointer(model.parameters.pointer)
    pool.launch("train.data", count: shards.count, grain: 1) { _, range in
      for index in range {
        let shard = shards[index]
        do {
          for turn in shard.batches.indices {
            shard.batches[turn].removeAll()
            try data.fill(
              &shard.batches[turn], step: step, index: index + turn * settings.shards)
          }
        } catch { shard.failure = error }
      }
    }
    try throwFailure()
    let batches = shards.flatMap(\.batches)
    let weight = batches.reduce(0) { $0 + $1.weight }
    let tokens = batches.reduce(0) { $0 + $1.count }
    guard weight > 0 else {
      throw TrainingError(
        .badBatch, "step \(step) has nothing to learn: no token has a target and a weight above 0")
    }
    pool.launch("train.pass", count: shards.count, grain: 1) { _, range in
      for index in range {
        let indices = shards[index].batches.indices.map { index + $0 * settings.shards }
        shards[index].run(
          step: step, indices: indices, weight: weight, tokens: tokens, parameters, settings)
      }
    }
    try throwFailure()
    let norm = sumGradients().squareRoot()
    var terms = LossTerms(exits: settings.exitWeights.count)
    for shard in shards { terms.add(shard.terms) }
    let loss = terms.main / weight
    guard norm.isFinite, loss.isFinite else {
      throw TrainingError(
        .diverged,
        "step \(step) has a loss of \(loss) and a gradient of length \(norm): lower learning_rate "
          + "or clip, and go on from the last checkpoint")
    }
    let scale = settings.clip > 0 && norm > settings.clip ? settings.clip / norm : 1
    optimizer.update(
      model.parameters.pointer, shards[0].gradients.pointer, step: step,
      gradientScale: Float(scale), settings, pool)
    self.step = step + 1
    averageLoss = averageLoss.map { 0.95 * $0 + 0.05 * loss } ?? loss
    let sequences = batches.reduce(0) { $0 + $1.sequences.count }
    let squares = batches.reduce(0) { $0 + $1.sequences.reduce(0) { $0 + $1.count * $1.count } }
    return Report(
      step: step, loss: loss, exitLosses: terms.exits.map { $0 / weight }, balance: terms.balance,
      gradientNorm: norm, learningRate: settings.rate(step: step), tokens: tokens,
      flops: Double(tokens)
        * model.layout.shape.flopsPerToken(
          meanLength: sequences == 0 ? 0 : Double(squares) / Double(tokens)),
      nanoseconds: MonotonicClock.now() - began)
  }

  private func throwFailure() throws {
    for shard in shards {
      if let failure = shard.failure {
        shard.failure = nil
        throw failure
      }
    }
  }

  /// Adds all gradients up in the first shard's array, in the order of shards; the sum of squares, in the order of
  /// pieces.
  private func sumGradients() -> Double {
    let count = model.layout.trainedCount
    let pieces = (count + Self.pieceLength - 1) / Self.pieceLength
    let squares = AlignedBuffer<Double>(count: pieces)
    let (shards, operations, sums) = (shards, operations, squares.pointer)
    pool.launch("train.sum", count: pieces, grain: 1) { _, range in
      for piece in range {
        let first = piece * Self.pieceLength
        let length = min(Self.pieceLength, count - first)
        let target = shards[0].gradients.pointer + first
        for shard in shards.dropFirst() {
          operations.add(target, shard.gradients.pointer + first, 1, length)
        }
        sums[piece] = operations.sumSquares(target, length)
      }
    }
    return squares.buffer.reduce(0, +)
  }

  private static let pieceLength = 1 << 15
}
