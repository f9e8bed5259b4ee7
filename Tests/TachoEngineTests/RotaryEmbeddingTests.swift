// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoEngine
import Testing

/// Frequencies against those of transformers; `Golden/rope_frequencies.py` prints the numbers here.
@Suite struct RotaryEmbeddingTests {
  private func check(
    _ rotary: RotaryEmbedding, _ expected: [Double], magnitude: Double, _ what: String
  ) {
    #expect(rotary.frequencies.count == expected.count)
    for (index, (actual, wanted)) in zip(rotary.frequencies, expected).enumerated() {
      #expect(abs(actual - wanted) < 1e-6 * wanted, "\(what) pair \(index)")
    }
    #expect(abs(rotary.magnitude - magnitude) < 1e-12, "\(what)")
  }

  private func make(_ dimension: Int, _ base: Double, _ scaling: RotaryEmbedding.Scaling)
    -> RotaryEmbedding
  {
    RotaryEmbedding(dimension: dimension, base: base, pairing: .halves, scaling: scaling)
  }

  @Test func plain() {
    check(make(8, 10_000, .none), [1, 0.1, 0.01, 0.001], magnitude: 1, "none")
    #expect(make(2, 10_000, .none).frequencies == [1])
  }

  @Test func linear() {
    check(
      make(16, 10_000, .linear(factor: 4)),
      [
        0.25, 0.07905694, 0.025, 0.007905695, 0.0025, 0.0007905695, 0.00025, 7.905695e-05,
      ], magnitude: 1, "linear")
  }

  @Test func llama3() {
    check(
      make(32, 500_000, .llama3(factor: 8, low: 1, high: 4, originalContext: 8192)),
      [
        1.0, 0.4403666, 0.1939228, 0.0853971, 0.03760603, 0.01656044, 0.007292665, 0.003211446,
        0.000524846, 7.784655e-05, 3.428102e-05, 1.509622e-05, 6.64787e-06, 2.9275e-06,
        1.289173e-06, 5.677088e-07,
      ], magnitude: 1, "llama3")
  }

  @Test func yarn() {
    check(
      make(
        32, 1_000_000,
        .yarn(
          factor: 4, originalContext: 32768, betaFast: 32, betaSlow: 1, attentionFactor: nil)),
      [
        1.0, 0.4216965, 0.1778279, 0.07498942, 0.03162278, 0.01333521, 0.004779901, 0.001659962,
        0.00055, 0.0001686786, 4.445699e-05, 1.874736e-05, 7.905694e-06, 3.333804e-06,
        1.405853e-06, 5.928434e-07,
      ], magnitude: 1.138629436111989, "yarn")
    check(
      make(
        32, 10_000,
        .yarn(factor: 16, originalContext: 64, betaFast: 8, betaSlow: 2, attentionFactor: 1.5)),
      [
        1.0, 0.3866096, 0.1185854, 0.01111425, 0.00625, 0.003514633, 0.001976424, 0.001111425,
        0.000625, 0.0003514633, 0.0001976424, 0.0001111425, 6.25e-05, 3.514633e-05, 1.976424e-05,
        1.111425e-05,
      ], magnitude: 1.5, "yarn with everything given")
  }

  @Test func factorsOfTheFile() {
    check(
      make(8, 10_000, .factors([1, 2, 4, 8], attentionFactor: 1.25)),
      [1, 0.05, 0.0025, 0.000125], magnitude: 1.25, "factors")
  }

  /// Angles are computed in double: float32 would be off by 0.03 at the last position.
  @Test func farPositionsKeepTheirAngle() {
    let rotary = make(8, 10_000, .none)
    var cosines = [Float](repeating: 0, count: 4)
    var sines = cosines
    for position in [0, 1, 131_071, (1 << 30) - 1] {
      rotary.fill(position: position, cosines: &cosines, sines: &sines)
      for (index, frequency) in [1, 0.1, 0.01, 0.001].enumerated() {
        let angle = (Double(position) * frequency).remainder(dividingBy: 2 * .pi)
        #expect(abs(Double(cosines[index]) - cos(angle)) < 1e-6, "position \(position)")
        #expect(abs(Double(sines[index]) - sin(angle)) < 1e-6, "position \(position)")
      }
    }
  }

  /// Scalings a damaged file may ask for: whatever comes out, a configuration with it is refused
  /// unless every number is finite.
  @Test func impossibleScalingsAreRefused() throws {
    let scalings: [RotaryEmbedding.Scaling] = [
      .linear(factor: 0), .linear(factor: .nan),
      .factors([1, 0, 1, 1, 1, 1, 1, 1], attentionFactor: 1),
      .factors([1, .nan, 1, 1, 1, 1, 1, 1], attentionFactor: 1),
      .factors([1, -1, 1, 1, 1, 1, 1, 1], attentionFactor: 1),
      .factors([Double](repeating: 1, count: 8), attentionFactor: .infinity),
      .llama3(factor: .nan, low: 1, high: 4, originalContext: 8192),
    ]
    for scaling in scalings {
      let error = #expect(throws: EngineError.self, "\(scaling)") {
        try self.configuration(scaling).validate()
      }
      #expect(error?.message.contains("rotary") == true)
    }
    try configuration(.none).validate()
  }

  private func configuration(_ scaling: RotaryEmbedding.Scaling) throws -> ModelConfiguration {
    var configuration = try ModelLoader.load(path: GoldenCases.path("gguf/llama-f16.gguf"))
      .configuration
    configuration.rotary = make(16, 10_000, scaling)
    return configuration
  }
}
