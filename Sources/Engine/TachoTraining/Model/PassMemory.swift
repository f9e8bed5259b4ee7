// SPDX-License-Identifier: Apache-2.0
import TachoKernels

/// What a training pass remembers between forward and backward, and works in: all of it reserved once.
///
/// Of attention only the logarithm of each row's sum is kept; probabilities are computed again, block by
/// block (Dao and others 2022).
final class PassMemory<Scalar: TrainingScalar> {
  typealias Buffer = UnsafeMutablePointer<Scalar>

  /// What one layer keeps, `[token][...]`.
  struct Layer {
    let input: Buffer
    let middle: Buffer
    let attentionNormed: Buffer
    let attentionInverse: Buffer
    let mixed: Buffer
    let logSums: Buffer
    let attended: Buffer
    let channelNormed: Buffer
    let channelInverse: Buffer
    let hidden: Buffer
    let activated: Buffer
    let routing: Routing?
  }

  /// What a layer of experts keeps besides.
  ///
  /// Slots (a token's way through an expert) are in the order of experts.
  struct Routing {
    let probabilities: Buffer
    let weights: Buffer
    let chosen: UnsafeMutablePointer<Int32>
    /// Of each slot: its token, its place in `chosen`, its weight.
    let tokens: UnsafeMutablePointer<Int32>
    let places: UnsafeMutablePointer<Int32>
    let slotWeights: Buffer
    let results: Buffer
    /// Where each expert's slots begin, and the end.
    let starts: UnsafeMutablePointer<Int32>
  }

  /// Rows of queries that attention takes at a time.
  static var blockRows: Int { 64 }

  let layers: [Layer]
  let output: Buffer
  let headNormed: Buffer
  let headInverse: Buffer
  let logits: Buffer
  /// Rows whose logits fit `logits`.
  let headRows: Int
  let gradient: Buffer
  let normedGradient: Buffer
  let mixedGradient: Buffer
  let attendedGradient: Buffer
  let delta: Buffer
  let hiddenGradient: Buffer
  let activatedGradient: Buffer
  let scores: Buffer
  let scoreGradients: Buffer
  let adapter: Buffer
  let lossWeights: Buffer
  let noKeys: UnsafeMutablePointer<Int32>
  let cosines: Buffer
  let sines: Buffer
  /// For experts: inputs and their gradients by slot, weights' gradients, router's gradients, balance.
  let slotInputs: Buffer
  let slotGradients: Buffer
  let slotWeightGradients: Buffer
  let routedGradients: Buffer
  let routerGradients: Buffer
  let balance: Buffer

  private let arena: TrainingArena<Scalar>

  /// Bytes of all of it.
  var bytes: Int { arena.bytes }

  init(_ layout: ParameterLayout, tokens: Int, longest: Int) {
    let shape = layout.shape
    let arena = TrainingArena<Scalar>()
    self.arena = arena
    let stream = tokens * shape.width
    var inputs = (0...shape.layers).map { _ in arena.numbers(stream) }
    output = inputs.removeLast()
    layers = inputs.map { Layer(shape, tokens: tokens, input: $0, arena) }
    headNormed = arena.numbers(stream)
    headInverse = arena.numbers(tokens)
    headRows = max(1, min(tokens, Self.logitNumbers / shape.vocabulary))
    logits = arena.numbers(headRows * shape.vocabulary)
    gradient = arena.numbers(stream)
    normedGradient = arena.numbers(stream)
    mixedGradient = arena.numbers(tokens * shape.mixedWidth)
    attendedGradient = arena.numbers(tokens * shape.queryWidth)
    delta = arena.numbers(tokens * shape.heads)
    let slots = tokens * shape.slots
    hiddenGradient = arena.numbers(slots * shape.hiddenColumns)
    activatedGradient = arena.numbers(slots * shape.feedForward)
    scores = arena.numbers(Self.blockRows * longest)
    scoreGradients = arena.numbers(Self.blockRows * longest)
    adapter = arena.numbers(tokens * (layout.adapters?.rank ?? 0))
    lossWeights = arena.numbers(tokens)
    noKeys = arena.integers(tokens)
    let pairs = shape.headDimension / 2
    cosines = arena.numbers(shape.contextLength * pairs)
    sines = arena.numbers(shape.contextLength * pairs)
    let routed = shape.experts > 0 ? slots : 0
    slotInputs = arena.numbers(routed * shape.width)
    slotGradients = arena.numbers(routed * shape.width)
    slotWeightGradients = arena.numbers(routed)
    routedGradients = arena.numbers(routed)
    routerGradients = arena.numbers(tokens * shape.experts)
    balance = arena.numbers(shape.experts)
  }

  /// Logits held at a time: 8 MiB of float32.
  private static var logitNumbers: Int { 1 << 21 }
}

extension PassMemory.Layer {
  init(
    _ shape: TrainingShape, tokens: Int, input: PassMemory.Buffer, _ arena: TrainingArena<Scalar>
  ) {
    let slots = tokens * shape.slots
    self.init(
      input: input, middle: arena.numbers(tokens * shape.width),
      attentionNormed: arena.numbers(tokens * shape.width), attentionInverse: arena.numbers(tokens),
      mixed: arena.numbers(tokens * shape.mixedWidth), logSums: arena.numbers(tokens * shape.heads),
      attended: arena.numbers(tokens * shape.queryWidth),
      channelNormed: arena.numbers(tokens * shape.width), channelInverse: arena.numbers(tokens),
      hidden: arena.numbers(slots * shape.hiddenColumns),
      activated: arena.numbers(slots * shape.feedForward),
      routing: shape.experts == 0
        ? nil
        : PassMemory.Routing(
          probabilities: arena.numbers(tokens * shape.experts), weights: arena.numbers(slots),
          chosen: arena.integers(slots), tokens: arena.integers(slots),
          places: arena.integers(slots), slotWeights: arena.numbers(slots),
          results: arena.numbers(slots * shape.width), starts: arena.integers(shape.experts + 1)))
  }
}

/// Hands out memory that lives as long as it does.
final class TrainingArena<Scalar: TrainingScalar> {
  private var numberBuffers: [AlignedBuffer<Scalar>] = []
  private var integerBuffers: [AlignedBuffer<Int32>] = []

  var bytes: Int {
    numberBuffers.reduce(0) { $0 + $1.count * MemoryLayout<Scalar>.stride }
      + integerBuffers.reduce(0) { $0 + $1.count * 4 }
  }

  func numbers(_ count: Int) -> UnsafeMutablePointer<Scalar> {
    let buffer = AlignedBuffer<Scalar>(count: count)
    numberBuffers.append(buffer)
    return buffer.pointer
  }

  func integers(_ count: Int) -> UnsafeMutablePointer<Int32> {
    let buffer = AlignedBuffer<Int32>(count: count)
    integerBuffers.append(buffer)
    return buffer.pointer
  }
}
