// SPDX-License-Identifier: Apache-2.0

/// Sobol's low-discrepancy sequence in base 2, in Gray code order, with Owen's scrambling.
package struct SobolSequence: Sendable {
  /// For each dimension the 32 direction numbers, most significant bit first.
  private let directions: [[UInt32]]

  /// `dimensions` is at most `SobolDirections.dimensions`.
  package init(dimensions: Int) {
    directions = (0..<dimensions).map { dimension in
      guard dimension > 0 else { return (0..<32).map { 1 << (31 - $0) } }
      let row = SobolDirections.rows[dimension - 1]
      let degree = Int(row[0])
      let coefficients = row[1]
      var v = (0..<degree).map { row[2 + $0] << (31 - UInt32($0)) }
      for k in degree..<32 {
        var value = v[k - degree] ^ (v[k - degree] >> UInt32(degree))
        for j in 1..<max(degree, 1) where coefficients >> UInt32(degree - 1 - j) & 1 == 1 {
          value ^= v[k - j]
        }
        v.append(value)
      }
      return v
    }
  }

  /// The point's coordinates as 32-bit fractions.
  package func point(_ index: UInt32) -> [UInt32] {
    let gray = index ^ (index >> 1)
    return directions.map { v in
      var value: UInt32 = 0
      var rest = gray
      while rest != 0 {
        value ^= v[rest.trailingZeroBitCount]
        rest &= rest - 1
      }
      return value
    }
  }

  /// The same, scrambled by a seed: each bit is flipped or not by what stands before it, which keeps every
  /// stratification of the sequence and makes each point uniform (Owen, 1995: nested uniform scrambling).
  package func scrambledPoint(_ index: UInt32, seed: UInt64) -> [Double] {
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    return point(index).enumerated().map { dimension, value in
      var scrambled: UInt32 = 0
      for bit in 0..<UInt32(32) {
        let before = bit == 0 ? 0 : value >> (32 - bit)
        let flip =
          Philox.block(
            SIMD4(before, bit, DrawPurpose.scramble.rawValue, UInt32(dimension)), key: key
          ).x & 1
        scrambled |= ((value >> (31 - bit) & 1) ^ flip) << (31 - bit)
      }
      return (Double(scrambled) + 0.5) * 0x1p-32
    }
  }
}
