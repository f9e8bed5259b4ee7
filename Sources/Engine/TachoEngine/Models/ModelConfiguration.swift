// SPDX-License-Identifier: Apache-2.0

/// The dimensions of a dense decoder of the llama and qwen families.
package struct ModelConfiguration: Sendable, Equatable {
  /// `llama`, `qwen2` or `qwen3`.
  package var architecture: String
  package var name: String
  package var layers: Int
  /// Elements of the residual stream.
  package var width: Int
  package var feedForward: Int
  package var heads: Int
  package var kvHeads: Int
  package var headDimension: Int
  package var vocabulary: Int
  package var contextLength: Int
  package var normEpsilon: Float
  package var rotary: RotaryEmbedding

  /// Largest head the attention kernels are meant for.
  static let headDimensionLimit = 512

  /// Complains about dimensions that no kernel could run, naming the first.
  package func validate() throws {
    func require(_ condition: Bool, _ message: @autoclosure () -> String) throws {
      if !condition { throw EngineError(.badModel, "\(name): \(message())") }
    }
    for (what, value, limit) in [
      ("layer count", layers, 4096), ("embedding length", width, 1 << 20),
      ("feed-forward length", feedForward, 1 << 22), ("head count", heads, 1 << 14),
      ("KV head count", kvHeads, 1 << 14),
      ("head dimension", headDimension, Self.headDimensionLimit),
      ("vocabulary size", vocabulary, 1 << 24), ("context length", contextLength, 1 << 30),
    ] {
      try require(
        value >= 1 && value <= limit, "the \(what) is \(value); 1 to \(limit) is possible")
    }
    try require(heads % kvHeads == 0, "\(heads) heads cannot share \(kvHeads) KV heads evenly")
    try require(
      headDimension % 16 == 0, "a head dimension of \(headDimension) is not a multiple of 16")
    try require(
      width % 32 == 0 && feedForward % 32 == 0,
      "embedding length \(width) and feed-forward length \(feedForward) must be multiples of 32")
    try require(
      rotary.pairs * 2 <= headDimension,
      "\(rotary.pairs * 2) rotated elements do not fit a head of \(headDimension)")
    try require(
      rotary.magnitude.isFinite && rotary.frequencies.allSatisfy { $0.isFinite && $0 >= 0 },
      "the rotary base and scaling give frequencies that are not finite numbers")
    try require(normEpsilon >= 0 && normEpsilon < 1, "the norm epsilon is \(normEpsilon)")
  }
}
