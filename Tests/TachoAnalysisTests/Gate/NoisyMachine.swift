// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import TachoAnalysis

/// A machine that heats up, drifts and is shared, in steps of one sample: what wrong comparisons take for
/// a regression.
struct NoisyMachine {
  /// How a launch pair's samples follow each other.
  enum Order {
    /// In each round both sides in an order drawn for it: the protocol.
    case drawn
    /// In each round the base first.
    case baseFirst
    /// All of the base, then all of the candidate.
    case oneAfterTheOther
  }

  private var generator: SeededGenerator
  /// Warmth of the processor, which slows what follows; a pause between rounds cools it.
  private var heat = 0.0
  /// ln of the common slowness that grows while a launch pair runs (a page cache filling, a neighbour
  /// starting up) and falls back between pairs.
  private var drift = 0.0
  /// Samples that a burst of somebody else's work still lasts, and how much it slows.
  private var burst = 0
  private var weight = 0.0
  /// Standard deviation of what a process's placement in memory costs it for its life, ln.
  var between = 0.02
  var jitter = 0.01
  /// ln of what the sample before it in a round costs one, and what every sample before it in its pair.
  var heating = 0.04
  var drifting = 0.004

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private mutating func sample(_ process: Double, _ jitter: Double) -> Double {
    if burst == 0, generator.uniform() < 0.01 {
      burst = 1 + generator.index(below: 60)
      weight = generator.uniform()
    }
    let disturbed = burst > 0 ? weight * generator.uniform() : 0
    burst = max(0, burst - 1)
    let slow = process + heat + drift + disturbed + jitter * generator.normal()
    heat = heating
    drift += drifting
    return 1e-3 * exp(slow)
  }

  /// One launch pair of equal programs; the candidate's samples may vary more than the base's.
  mutating func pair(
    _ index: Int, rounds: Int = 12, order: Order = .drawn, candidateJitter: Double? = nil
  ) -> PairTimes {
    drift = 0
    let processes = [between * generator.normal(), between * generator.normal()]
    let jitters = [jitter, candidateJitter ?? jitter]
    var times: [[Double]] = [[], []]
    switch order {
    case .oneAfterTheOther:
      for side in 0...1 {
        for _ in 0..<rounds {
          heat = 0
          times[side].append(sample(processes[side], jitters[side]))
        }
      }
    case .drawn, .baseFirst:
      for _ in 0..<rounds {
        heat = 0
        let first = order == .drawn ? generator.index(below: 2) : 0
        for side in [first, 1 - first] {
          times[side].append(sample(processes[side], jitters[side]))
        }
      }
    }
    return PairTimes(index: index, base: times[0], candidate: times[1])
  }
}
