// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A float32 array read from an .npy file.
struct FloatArray {
  let shape: [Int]
  let values: [Float]

  init(npy path: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    try #require(bytes.count > 10 && bytes[0] == 0x93 && bytes[1..<6].elementsEqual("NUMPY".utf8))
    let start = 10 + Int(bytes[8]) + Int(bytes[9]) << 8
    try #require(start % 64 == 0 && start <= bytes.count)
    let header = String(decoding: bytes[10..<start], as: UTF8.self)
    let match = try #require(
      header.wholeMatch(
        of: /\{'descr': '<f4', 'fortran_order': False, 'shape': \(([0-9, ]+)\), \} *\n/),
      "\(header)")
    shape = match.1.split(separator: ",").compactMap {
      Int($0.trimmingCharacters(in: .whitespaces))
    }
    try #require(bytes.count == start + 4 * shape.reduce(1, *))
    values = stride(from: start, to: bytes.count, by: 4).map { at in
      Float(
        bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) })
    }
  }

  /// The norm of the difference over the norm of `other`.
  func relativeError(to other: FloatArray) -> Double {
    guard shape == other.shape else { return .infinity }
    var (difference, norm) = (0.0, 0.0)
    for (a, b) in zip(values, other.values) {
      difference += pow(Double(a) - Double(b), 2)
      norm += pow(Double(b), 2)
    }
    return (difference / norm).squareRoot()
  }
}
