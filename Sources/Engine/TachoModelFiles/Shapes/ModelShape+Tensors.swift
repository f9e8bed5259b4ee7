// SPDX-License-Identifier: Apache-2.0
import Glibc

extension ModelShape {
  /// One tensor of a model: its GGUF name, its dimensions (row length first), how to fill it.
  package struct Tensor: Sendable, Hashable {
    /// Where a synthesised tensor's values come from.
    package enum Filling: Sendable, Hashable {
      /// A matrix of about normal weights.
      case matrix(deviation: Double)
      /// A norm's gains, near one.
      case norm
      /// Small additive terms.
      case bias
      /// Values that the shape fixes.
      case values([Float])
    }

    package let name: String
    package let dimensions: [Int]
    package let filling: Filling

    /// Whether the weight format applies; everything else stays F32, as llama.cpp keeps it.
    package var isMatrix: Bool {
      if case .matrix = filling { return true }
      return false
    }
  }

  /// Every tensor of a model of this shape, in the order llama.cpp's converter writes them.
  package var tensors: [Tensor] {
    var list = [
      Tensor(
        name: "token_embd.weight", dimensions: [hiddenSize, vocabularySize],
        filling: .matrix(deviation: 0.02))
    ]
    if let factors = ropeFrequencyFactors {
      list.append(
        Tensor(
          name: "rope_freqs.weight", dimensions: [factors.count], filling: .values(factors)))
    }
    for layer in 0..<layerCount { list += layerTensors(layer) }
    list.append(Tensor(name: "output_norm.weight", dimensions: [hiddenSize], filling: .norm))
    if !tiedEmbeddings {
      list.append(matrix("output.weight", from: hiddenSize, to: vocabularySize))
    }
    return list
  }

  private func layerTensors(_ layer: Int) -> [Tensor] {
    let queries = headCount * headDimension
    let keys = keyValueHeadCount * headDimension
    let prefix = "blk.\(layer)."
    // The two projections into the residual stream are damped by depth, as trained models' are.
    let damping = 1 / Double(2 * layerCount).squareRoot()
    var list = [
      Tensor(name: prefix + "attn_norm.weight", dimensions: [hiddenSize], filling: .norm),
      matrix(prefix + "attn_q.weight", from: hiddenSize, to: queries),
      matrix(prefix + "attn_k.weight", from: hiddenSize, to: keys),
      matrix(prefix + "attn_v.weight", from: hiddenSize, to: keys),
    ]
    if architecture == .qwen2 {
      for (part, size) in [("q", queries), ("k", keys), ("v", keys)] {
        list.append(Tensor(name: prefix + "attn_\(part).bias", dimensions: [size], filling: .bias))
      }
    }
    if architecture == .qwen3 {
      for part in ["q", "k"] {
        list.append(
          Tensor(
            name: prefix + "attn_\(part)_norm.weight", dimensions: [headDimension], filling: .norm))
      }
    }
    return list + [
      matrix(prefix + "attn_output.weight", from: queries, to: hiddenSize, damping),
      Tensor(name: prefix + "ffn_norm.weight", dimensions: [hiddenSize], filling: .norm),
      matrix(prefix + "ffn_gate.weight", from: hiddenSize, to: feedForwardSize),
      matrix(prefix + "ffn_up.weight", from: hiddenSize, to: feedForwardSize),
      matrix(prefix + "ffn_down.weight", from: feedForwardSize, to: hiddenSize, damping),
    ]
  }

  private func matrix(
    _ name: String, from inputs: Int, to outputs: Int, _ damping: Double = 1
  ) -> Tensor {
    Tensor(
      name: name, dimensions: [inputs, outputs],
      filling: .matrix(deviation: damping / Double(inputs).squareRoot()))
  }

  /// What each rotation's angle is divided by: 1 for fast rotations, `factor` for slow ones, and a
  /// smooth passage between (the Llama 3.1 rule of `transformers`).
  private var ropeFrequencyFactors: [Float]? {
    guard let scaling = ropeScaling else { return nil }
    let longest = Double(scaling.originalContext) / scaling.lowFrequencyFactor
    let shortest = Double(scaling.originalContext) / scaling.highFrequencyFactor
    return (0..<headDimension / 2).map { index in
      let frequency = pow(ropeBase, -Double(2 * index) / Double(headDimension))
      let wavelength = 2 * Double.pi / frequency
      if wavelength < shortest { return 1 }
      if wavelength > longest { return Float(scaling.factor) }
      let smooth =
        (Double(scaling.originalContext) / wavelength - scaling.lowFrequencyFactor)
        / (scaling.highFrequencyFactor - scaling.lowFrequencyFactor)
      return Float(1 / ((1 - smooth) / scaling.factor + smooth))
    }
  }
}
