// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// A decoder as a list of layers: nothing assumes that they are alike.
package final class Model: Sendable {
  package let configuration: ModelConfiguration
  package let embedding: WeightMatrix
  package let layers: [DecoderLayer]
  package let outputNorm: NormWeights
  package let output: WeightMatrix

  package init(
    configuration: ModelConfiguration, embedding: WeightMatrix, layers: [DecoderLayer],
    outputNorm: NormWeights, output: WeightMatrix
  ) {
    self.configuration = configuration
    self.embedding = embedding
    self.layers = layers
    self.outputNorm = outputNorm
    self.output = output
  }

  /// Every matrix a decode step reads in full (the embedding gives one row only).
  package var matrices: [WeightMatrix] {
    layers.flatMap { $0.mixer.matrices + $0.channel.matrices } + [output]
  }

  /// Bytes of weights one forward pass reads, however many rows it has.
  package var weightBytesPerPass: Int { matrices.reduce(0) { $0 + $1.bytes } }

  /// Multiply-adds, times two, for one row; attention over the KV store comes on top.
  package var weightFLOPsPerRow: Int { matrices.reduce(0) { $0 + 2 * $1.rows * $1.columns } }

  /// The name of the launch that multiplies with the output matrix.
  static let logitsLaunch: StaticString = "matmul.logits"

  /// The launches of a pass that multiply with weights, in order of first appearance.
  ///
  /// Each with all the weights that launches of its name read; names that no mixer declares are missing.
  package var products: [LaunchProducts] {
    var order: [String] = []
    var found: [String: LaunchProducts] = [:]
    let layers = layers.flatMap { $0.mixer.products + $0.channel.products }
    for products in layers + [LaunchProducts(Self.logitsLaunch, [output])] {
      if found[products.name] == nil { order.append(products.name) }
      found[products.name, default: LaunchProducts(products.name)].add(products)
    }
    return order.compactMap { found[$0] }
  }

  /// Launches that want every row's products; the logits are wanted of some rows only.
  package func multipliesEveryRow(_ products: LaunchProducts) -> Bool {
    products.name != Self.logitsLaunch.description
  }

  /// The KV page layout of each layer that keeps keys and values.
  package func kvLayouts(pageTokens: Int, format: KVFormat) -> [KVLayout] {
    layers.compactMap { layer in
      layer.mixer.kvShape.map {
        KVLayout(
          heads: $0.heads, headDimension: $0.headDimension, pageTokens: pageTokens, format: format)
      }
    }
  }
}

/// One layer: a mixer along the sequence, then one along the channels.
///
/// Each takes the residual stream, norms it as it likes, and adds to it.
package struct DecoderLayer: Sendable {
  package let mixer: any SequenceMixer
  package let channel: any ChannelMixer

  package init(mixer: any SequenceMixer, channel: any ChannelMixer) {
    self.mixer = mixer
    self.channel = channel
  }
}

/// Mixes along the sequence: attention today; a state-space or linear mixer is another conformance.
package protocol SequenceMixer: Sendable {
  var matrices: [WeightMatrix] { get }
  /// Which of its launches reads which of them; empty where it does not tell.
  var products: [LaunchProducts] { get }
  /// KV heads and head dimension, or nil when the mixer keeps no keys and values.
  var kvShape: (heads: Int, headDimension: Int)? { get }
  /// Adds the mixer's result to `step.residual`. `kvLayer` counts the layers that keep KV.
  func apply(_ step: ForwardStep, kvLayer: Int) throws
}

/// Mixes along the channels: a gated MLP today.
package protocol ChannelMixer: Sendable {
  var matrices: [WeightMatrix] { get }
  /// Which of its launches reads which of them; empty where it does not tell.
  var products: [LaunchProducts] { get }
  var hiddenWidth: Int { get }
  /// Adds the mixer's result to `step.residual`.
  func apply(_ step: ForwardStep)
}

extension SequenceMixer {
  package var products: [LaunchProducts] { [] }
}

extension ChannelMixer {
  package var products: [LaunchProducts] { [] }
}

/// The weight of an RMS norm, in float32.
package struct NormWeights: Sendable {
  package let values: AlignedBuffer<Float>
  package let epsilon: Float

  package init(values: AlignedBuffer<Float>, epsilon: Float) {
    self.values = values
    self.epsilon = epsilon
  }
}
