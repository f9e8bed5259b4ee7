// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a random number of a study is drawn for.
///
/// The numbers are part of every study's results: new ones are appended, none is ever changed.
package enum DrawPurpose: UInt32, Sendable {
  case start = 1
  case candidates = 2
  case scramble = 3
  case permutation = 4
  case crossover = 5
  case mutation = 6
  case parents = 7
  case acquisition = 8
  case noise = 9
  case failure = 10
  case fallback = 11
  case bootstrap = 12
}

/// Random numbers that depend on nothing but the study's seed, a trial's number, what they are for and a
/// lane, so that a study that was broken off goes on as if it had not been.
///
/// Counter of `Philox`: block, trial, purpose, lane; key: the seed.
package struct DrawStream: RandomNumberGenerator, Sendable {
  private let key: SIMD2<UInt32>
  private var counter: SIMD4<UInt32>
  private var pending: UInt64?

  /// `lane` tells apart what one trial draws for one purpose: attempts, dimensions, repetitions.
  package init(seed: UInt64, trial: Int, _ purpose: DrawPurpose, lane: Int = 0) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    counter = SIMD4(
      0, UInt32(truncatingIfNeeded: trial), purpose.rawValue, UInt32(truncatingIfNeeded: lane))
  }

  package mutating func next() -> UInt64 {
    if let word = pending {
      pending = nil
      return word
    }
    let block = Philox.block(counter, key: key)
    counter.x &+= 1
    pending = UInt64(block.w) << 32 | UInt64(block.z)
    return UInt64(block.y) << 32 | UInt64(block.x)
  }

  /// Uniform strictly between 0 and 1, so that its logarithm is finite.
  package mutating func uniform() -> Double {
    (Double(next() >> 12) + 0.5) * 0x1p-52
  }

  /// Uniform in `0..<bound`; `bound` is at least 1.
  package mutating func index(below bound: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// Standard normal (Box and Muller 1958), one of the pair.
  package mutating func normal() -> Double {
    let radius = (-2 * log(uniform())).squareRoot()
    return radius * cos(2 * .pi * uniform())
  }

  /// The place of one of `weights`, which are not negative and not all 0, by its share.
  package mutating func index(weights: [Double]) -> Int {
    var rest = uniform() * weights.reduce(0, +)
    for (place, weight) in weights.enumerated() {
      rest -= weight
      if rest < 0 { return place }
    }
    return weights.lastIndex { $0 > 0 } ?? 0
  }

  /// The numbers below `count` in random order (Fisher and Yates).
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for place in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(place, index(below: place + 1))
    }
    return order
  }
}
