// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import TachoTune

/// The counter-based generator against published answers, and what its draws depend on.
@Suite struct DrawStreamTests {
  /// The known answers of the authors' own test suite (Random123, kat_vectors, philox4x32 10).
  @Test func givesTheKnownAnswers() {
    #expect(
      Philox.block(SIMD4(repeating: 0), key: SIMD2(repeating: 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox.block(SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox.block(
        SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func dependsOnSeedTrialPurposeAndLane() {
    func first(_ seed: UInt64, _ trial: Int, _ purpose: DrawPurpose, _ lane: Int) -> UInt64 {
      var stream = DrawStream(seed: seed, trial: trial, purpose, lane: lane)
      return stream.next()
    }
    let draws = [
      first(1, 0, .noise, 0), first(2, 0, .noise, 0), first(1 << 32 | 1, 0, .noise, 0),
      first(1, 1, .noise, 0), first(1, 0, .start, 0), first(1, 0, .noise, 1),
    ]
    #expect(Set(draws).count == draws.count)
    #expect(first(1, 0, .noise, 0) == draws[0])
  }

  /// Moments of 20 000 draws within five standard errors.
  @Test func drawsWhatItSays() {
    var stream = DrawStream(seed: 3, trial: 7, .candidates)
    let count = 20_000
    let uniforms = (0..<count).map { _ in stream.uniform() }
    let normals = (0..<count).map { _ in stream.normal() }
    let n = Double(count)
    #expect(uniforms.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(abs(uniforms.reduce(0, +) / n - 0.5) < 5 * (1 / 12.0 / n).squareRoot())
    #expect(abs(normals.reduce(0, +) / n) < 5 / n.squareRoot())
    #expect(abs(normals.reduce(0) { $0 + $1 * $1 } / n - 1) < 5 * (2 / n).squareRoot())
    var counts = [0, 0, 0]
    for _ in 0..<count { counts[stream.index(weights: [1, 0, 3])] += 1 }
    #expect(counts[1] == 0 && abs(Double(counts[0]) / n - 0.25) < 5 * (0.1875 / n).squareRoot())
    #expect(stream.permutation(50).sorted() == Array(0..<50))
  }
}
