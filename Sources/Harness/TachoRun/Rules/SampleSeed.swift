// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// The seed of a sample: the same for the same point and index, whoever runs it and whenever.
package enum SampleSeed {
  /// 52 bits of SHA-256, so that it survives languages whose JSON numbers are doubles.
  package static func seed(pointID: String, index: Int) -> UInt64 {
    UInt64(SHA256.hex("\(pointID) \(index)").prefix(13), radix: 16) ?? 0
  }
}
