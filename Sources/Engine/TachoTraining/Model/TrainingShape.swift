// SPDX-License-Identifier: Apache-2.0
import CTachoTraining

/// The dimensions of a decoder that can be trained: the llama family with what the zoo varies.
package struct TrainingShape: Sendable, Equatable {
  /// What the feed-forward layers do between their products.
  package enum Channel: String, Sendable, CaseIterable {
    case swiglu, reglu, relu
    case squaredReLU = "squared_relu"

    /// Whether there is a gate besides the way up.
    package var isGated: Bool { self == .swiglu || self == .reglu }

    var activation: tt_activation {
      switch self {
      case .swiglu: TT_SWIGLU
      case .reglu: TT_REGLU
      case .relu: TT_RELU
      case .squaredReLU: TT_SQUARED_RELU
      }
    }
  }

  package var vocabulary: Int
  /// Elements of the residual stream.
  package var width: Int
  package var layers: Int
  package var heads: Int
  package var kvHeads: Int
  package var headDimension: Int
  /// Hidden elements of a feed-forward layer, or of one expert.
  package var feedForward: Int
  package var channel = Channel.swiglu
  /// Experts of each layer; 0 for a dense model.
  package var experts = 0
  /// Experts each token goes through.
  package var expertsPerToken = 0
  package var ropeBase = 10_000.0
  package var normEpsilon = 1e-5
  /// Most positions.
  package var contextLength: Int
  /// Whether the output projection is the embedding matrix.
  package var isTied = true
  /// After how many layers an early exit is read, ascending, each below `layers` (LayerSkip, Elhoushi and
  /// others 2024: all exits share the output projection).
  package var exits: [Int] = []
  /// Whether each exit has a norm of its own, or they share the output's.
  package var hasExitNorms = false

  package init(
    vocabulary: Int, width: Int, layers: Int, heads: Int, kvHeads: Int, headDimension: Int,
    feedForward: Int, contextLength: Int
  ) {
    self.vocabulary = vocabulary
    self.width = width
    self.layers = layers
    self.heads = heads
    self.kvHeads = kvHeads
    self.headDimension = headDimension
    self.feedForward = feedForward
    self.contextLength = contextLength
  }

  /// Elements of all query heads of a token.
  var queryWidth: Int { heads * headDimension }
  /// Elements of all key heads of a token.
  var keyWidth: Int { kvHeads * headDimension }
  /// Queries, keys and values of a token side by side.
  var mixedWidth: Int { queryWidth + 2 * keyWidth }
  /// Columns of what a feed-forward layer's first products give.
  var hiddenColumns: Int { channel.isGated ? 2 * feedForward : feedForward }
  /// Feed-forward rows for each token.
  var slots: Int { max(1, expertsPerToken) }

  /// Complains about dimensions that cannot be, naming the first.
  package func validate() throws {
    for (what, value, limit) in [
      ("vocabulary", vocabulary, 1 << 20), ("width", width, 1 << 16), ("layers", layers, 1024),
      ("heads", heads, 1024), ("kv_heads", kvHeads, 1024), ("head_dim", headDimension, 512),
      ("ffn", feedForward, 1 << 18), ("context", contextLength, 1 << 20),
    ] where value < 1 || value > limit {
      throw TrainingError(.badShape, "\(what) is \(value): 1 to \(limit) is possible")
    }
    guard heads % kvHeads == 0 else {
      throw TrainingError(.badShape, "\(heads) heads cannot share \(kvHeads) KV heads evenly")
    }
    guard headDimension % 2 == 0 else {
      throw TrainingError(.badShape, "head_dim is \(headDimension): rotation needs it even")
    }
    guard experts == 0 ? expertsPerToken == 0 : (1...experts).contains(expertsPerToken) else {
      throw TrainingError(
        .badShape, "\(expertsPerToken) experts per token of \(experts): 1 to \(experts) is possible"
      )
    }
    guard experts <= 1024 else {
      throw TrainingError(.badShape, "\(experts) experts: up to 1024 is possible")
    }
    guard exits.allSatisfy({ (1..<layers).contains($0) }), exits == Set(exits).sorted() else {
      throw TrainingError(
        .badShape,
        "exits are \(exits): layer counts from 1 to \(layers - 1), ascending, are possible")
    }
    guard normEpsilon > 0, normEpsilon < 1, ropeBase > 1, ropeBase.isFinite else {
      throw TrainingError(
        .badShape, "the norm's epsilon is \(normEpsilon) and the rotary base \(ropeBase)")
    }
  }

  /// Multiply-adds times two for one token, forward and backward: 6 for each weight it meets, and 12 for each
  /// element of the queries and position seen on average (half the sequence).
  package func flopsPerToken(meanLength: Double) -> Double {
    let matrices =
      layers
      * (width * mixedWidth + queryWidth * width
        + slots * (hiddenColumns * width + feedForward * width) + experts * width)
      + width * vocabulary * (1 + exits.count)
    return 6 * Double(matrices) + 12 * Double(layers * queryWidth) * meanLength / 2
  }
}
