// SPDX-License-Identifier: Apache-2.0

/// Weights that depend on the seed, the tensor's name and the position alone, so that any part of a
/// tensor can be made by any thread, in any order, on any machine, with the same bits.
struct RandomWeights: Sendable {
  private let key: UInt64

  init(seed: UInt64, tensor name: String) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    key = Self.mix(hash &+ Self.mix(seed))
  }

  /// Fills `target` with the values from position `first` on: `mean + deviation * x`, with x the sum
  /// of four uniform numbers, close to normal and cut off at 3.46 deviations.
  func fill(
    _ target: UnsafeMutableBufferPointer<Float>, from first: Int, mean: Float, deviation: Double
  ) {
    // Four 16-bit numbers: mean 4 * 32767.5, deviation 65536 / sqrt(3).
    let scale = Float(deviation * 3.0.squareRoot() / 65_536)
    for index in target.indices {
      let position = UInt64(truncatingIfNeeded: first &+ index)
      let bits = Self.mix(key &+ position &* 0x9e37_79b9_7f4a_7c15)
      let pairs = (bits & 0x0000_ffff_0000_ffff) &+ (bits >> 16 & 0x0000_ffff_0000_ffff)
      let sum = Int32(truncatingIfNeeded: (pairs & 0xffff_ffff) &+ (pairs >> 32))
      target[index] = mean + Float(sum &- 131_070) * scale
    }
  }

  /// The output step of SplitMix64 (Steele, Lea, Flood 2014).
  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
