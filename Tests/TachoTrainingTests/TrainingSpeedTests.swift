// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoTasks
import TachoTraining
import Testing

/// How much of the machine's arithmetic training uses.
///
/// The figures of a release build: `OPENBLAS_CORETYPE=SkylakeX TACHO_MEASURE=1 swift test -c release -Xswiftc
/// -enable-testing --disable-xctest --filter TrainingSpeedTests` (the core where OpenBLAS takes an older one than the
/// CPU).
@Suite(.serialized) struct TrainingSpeedTests {
  static let measures = ProcessInfo.processInfo.environment["TACHO_MEASURE"] == "1"

  /// Random sequences of one length.
  struct Noise: TrainingData {
    let length: Int
    func fill(_ batch: inout PackedSequences, step: Int, index: Int) throws {
      var random = CounterRandom(seed: 1, stream: "noise", step, index)
      while batch.room >= length {
        let tokens = (0..<length).map { _ in Int32(random.number(0...255)) }
        try batch.append(tokens: tokens, targets: tokens, weights: tokens.map { _ in 1 })
      }
    }
  }

  /// The rate of one product in operations a nanosecond, best of some.
  private func productRate(rows: Int, columns: Int, depth: Int) -> Double {
    let a = AlignedBuffer<Float>(count: rows * depth)
    let b = AlignedBuffer<Float>(count: columns * depth)
    let out = AlignedBuffer<Float>(count: rows * columns)
    var best = 0.0
    for _ in 0..<10 {
      let began = MonotonicClock.now()
      OpenBLAS.product(
        rows: rows, columns: columns, depth: depth, MatrixOperand(a.pointer, stride: depth),
        MatrixOperand(b.pointer, stride: depth, transposed: true), out: out.pointer,
        outStride: columns)
      best = max(best, Double(2 * rows * columns * depth) / Double(MonotonicClock.now() - began))
    }
    return best
  }

  /// The zoo's dense model on one thread, against products of its shapes in the same seconds.
  @Test(.enabled(if: measures), arguments: [64, 128, 384])
  func measureShareOfProductRate(length: Int) throws {
    var shape = TrainingShape(
      vocabulary: ByteVocabulary.size, width: 256, layers: 4, heads: 8, kvHeads: 4,
      headDimension: 32, feedForward: 704, contextLength: 512)
    shape.isTied = true
    var settings = TrainingSettings()
    (settings.batchTokens, settings.longest, settings.batches, settings.shards) = (
      3072, length, 1, 1
    )
    let trainer = try Trainer(
      TrainingModel(shape, seed: 1), settings, data: Noise(length: length), threads: 1)
    var product = 0.0
    var training = 0.0
    for _ in 0..<8 {
      product = max(product, productRate(rows: 3072, columns: 1408, depth: 256))
      product = max(product, productRate(rows: 3072, columns: 256, depth: 704))
      let report = try trainer.advance()
      training = max(training, report.flops / Double(report.nanoseconds))
    }
    print(
      "length \(length): training \(training) GFLOP/s, products \(product) GFLOP/s (\(OpenBLAS.core)), "
        + "share \(training / product)")
    #expect(training / product > 0.35)
  }
}
