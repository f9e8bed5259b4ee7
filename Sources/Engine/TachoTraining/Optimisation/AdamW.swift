// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// AdamW with decoupled decay and bias correction (Loshchilov and Hutter 2019) over one flat array.
final class AdamW {
  let layout: ParameterLayout
  let first: AlignedBuffer<Float>
  let second: AlignedBuffer<Float>
  private let operations: TrainingOperations<Float>
  /// Pieces of the array that workers take: none crosses a tensor.
  private let pieces: [(range: Range<Int>, decays: Bool)]

  init(_ layout: ParameterLayout, _ operations: TrainingOperations<Float>) {
    self.layout = layout
    self.operations = operations
    first = AlignedBuffer(count: layout.trainedCount)
    second = AlignedBuffer(count: layout.trainedCount)
    pieces = layout.tensors.filter { $0.offset < layout.trainedCount }.flatMap { tensor in
      let end = tensor.offset + tensor.count
      return stride(from: tensor.offset, to: end, by: Self.pieceLength).map {
        (range: $0..<min($0 + Self.pieceLength, end), decays: tensor.decays)
      }
    }
  }

  private static let pieceLength = 1 << 15

  /// One step.
  ///
  /// - Parameter step: counted from 0.
  func update(
    _ parameters: UnsafeMutablePointer<Float>, _ gradients: UnsafePointer<Float>, step: Int,
    gradientScale: Float, _ settings: TrainingSettings, _ pool: ThreadPool
  ) {
    let rate = settings.rate(step: step)
    let corrected = rate / (1 - power(settings.beta1, Double(step + 1)))
    let correction = 1 / (1 - power(settings.beta2, Double(step + 1))).squareRoot()
    let (pieces, operations) = (pieces, operations)
    let (first, second) = (first.pointer, second.pointer)
    pool.launch("train.update", count: pieces.count, grain: 1) { _, indices in
      for index in indices {
        let (range, decays) = pieces[index]
        let place = range.lowerBound
        operations.adamW(
          parameters + place, gradients + place, first + place, second + place, range.count,
          gradientScale, Float(corrected), Float(settings.beta1), Float(settings.beta2),
          Float(settings.epsilon), Float(correction),
          decays ? Float(rate * settings.weightDecay) : 0)
      }
    }
  }
}
