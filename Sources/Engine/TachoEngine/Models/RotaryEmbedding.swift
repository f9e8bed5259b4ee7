// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Rotary position embedding (Su and others, 2021) with the scaling variants of the llama and qwen
/// families.
package struct RotaryEmbedding: Sendable, Equatable {
  package enum Scaling: Sendable, Equatable {
    case none
    /// Position interpolation (Chen and others, 2023): positions divided by `factor`.
    case linear(factor: Double)
    /// Llama 3.1: low frequencies divided by `factor`, a smooth ramp between the two bounds.
    case llama3(factor: Double, low: Double, high: Double, originalContext: Int)
    /// YaRN (Peng and others, 2023).
    case yarn(
      factor: Double, originalContext: Int, betaFast: Double, betaSlow: Double,
      attentionFactor: Double?)
    /// Each frequency divided by a factor that came with the model.
    case factors([Double], attentionFactor: Double)
  }

  /// Which elements form a pair: `(2i, 2i + 1)`, or `(i, i + pairs)`.
  package enum Pairing: Sendable, Equatable { case interleaved, halves }

  package let pairing: Pairing
  /// Radians per position for each pair.
  package let frequencies: [Double]
  /// Scale of the rotated vectors (YaRN's attention temperature).
  package let magnitude: Double

  package var pairs: Int { frequencies.count }

  /// - Parameter dimension: rotated elements of a head, even.
  package init(dimension: Int, base: Double, pairing: Pairing, scaling: Scaling) {
    self.pairing = pairing
    let plain = (0..<dimension / 2).map { pow(base, -2 * Double($0) / Double(dimension)) }
    switch scaling {
    case .none:
      frequencies = plain
      magnitude = 1
    case .linear(let factor):
      frequencies = plain.map { $0 / factor }
      magnitude = 1
    case .factors(let factors, let attentionFactor):
      frequencies = zip(plain, factors).map { $0 / $1 }
      magnitude = attentionFactor
    case .llama3(let factor, let low, let high, let originalContext):
      frequencies = plain.map { frequency in
        let wavelength = 2 * Double.pi / frequency
        let turns = Double(originalContext) / wavelength
        if turns > high { return frequency }
        if turns < low { return frequency / factor }
        let smooth = (turns - low) / (high - low)
        return (1 - smooth) * frequency / factor + smooth * frequency
      }
      magnitude = 1
    case .yarn(let factor, let originalContext, let betaFast, let betaSlow, let attentionFactor):
      // The pair that turns `rotations` times over the original context.
      func pair(_ rotations: Double) -> Double {
        Double(dimension) * log(Double(originalContext) / (rotations * 2 * Double.pi))
          / (2 * log(base))
      }
      let low = max(0, floor(pair(betaFast)))
      var high = min(Double(dimension - 1), ceil(pair(betaSlow)))
      if high == low { high += 0.001 }
      frequencies = plain.enumerated().map { index, frequency in
        let ramp = min(1, max(0, (Double(index) - low) / (high - low)))
        return frequency / factor * ramp + frequency * (1 - ramp)
      }
      magnitude = attentionFactor ?? (factor <= 1 ? 1 : 0.1 * log(factor) + 1)
    }
  }

  /// Writes cosine and sine of every pair at a position.
  package func fill(
    position: Int, cosines: UnsafeMutablePointer<Float>, sines: UnsafeMutablePointer<Float>
  ) {
    for index in 0..<pairs {
      let angle = Double(position) * frequencies[index]
      cosines[index] = Float(cos(angle) * magnitude)
      sines[index] = Float(sin(angle) * magnitude)
    }
  }
}
