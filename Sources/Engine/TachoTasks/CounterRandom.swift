// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Random numbers that depend on a seed, a stream and a counter alone: any part of a stream can be made again
/// at any time, so that a run resumes where it was without having kept anything.
///
/// The numbers are SplitMix64's (Steele, Lea, Flood 2014), begun at a hash of seed and stream.
package struct CounterRandom: RandomNumberGenerator, Sendable {
  private let key: UInt64
  private var counter: UInt64 = 0

  /// - Parameter indices: what the stream belongs to, for example a step and a batch.
  package init(seed: UInt64, stream: String, _ indices: Int...) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    for byte in stream.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    hash = Self.mix(hash &+ Self.mix(seed &+ 0x9e37_79b9_7f4a_7c15))
    for index in indices {
      hash = Self.mix(hash &+ 0x9e37_79b9_7f4a_7c15 &* UInt64(truncatingIfNeeded: index &+ 1))
    }
    key = hash
  }

  package mutating func next() -> UInt64 {
    counter &+= 1
    return Self.mix(key &+ counter &* 0x9e37_79b9_7f4a_7c15)
  }

  /// Uniform in [0, 1), 53 bits.
  package mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Normal with mean 0 and deviation 1 (Box and Muller 1958).
  package mutating func normal() -> Double {
    let radius = (-2 * log(1 - unit())).squareRoot()
    return radius * cos(2 * Double.pi * unit())
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension CounterRandom {
  /// A whole number of a range.
  package mutating func number(_ range: ClosedRange<Int>) -> Int {
    let span = UInt64(range.upperBound - range.lowerBound) + 1
    return range.lowerBound + Int(next().multipliedFullWidth(by: span).high)
  }

  /// One of `choices`, which are not empty.
  package mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element
  where Choices.Index == Int {
    choices[choices.startIndex + number(0...choices.count - 1)]
  }

  /// The elements in another order (Fisher and Yates).
  package mutating func shuffled<Element>(_ elements: [Element]) -> [Element] {
    var result = elements
    for index in stride(from: result.count - 1, to: 0, by: -1) {
      result.swapAt(index, number(0...index))
    }
    return result
  }
}
