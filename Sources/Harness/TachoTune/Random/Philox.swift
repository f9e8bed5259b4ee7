// SPDX-License-Identifier: Apache-2.0

/// Philox4x32-10, a counter-based generator: a keyed permutation of 128-bit counters.
///
/// Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011).
package enum Philox {
  /// The 128 random bits at a counter under a key.
  package static func block(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let first = UInt64(0xD251_1F53) &* UInt64(c0)
      let second = UInt64(0xCD9E_8D57) &* UInt64(c2)
      let high0 = UInt32(truncatingIfNeeded: first >> 32)
      let high1 = UInt32(truncatingIfNeeded: second >> 32)
      (c0, c1, c2, c3) = (
        high1 ^ c1 ^ k0, UInt32(truncatingIfNeeded: second),
        high0 ^ c3 ^ k1, UInt32(truncatingIfNeeded: first)
      )
      k0 = k0 &+ 0x9E37_79B9
      k1 = k1 &+ 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
  }
}
