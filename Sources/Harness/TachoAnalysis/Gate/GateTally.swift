// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// What came of simulated jobs of a gate.
package struct GateTally: Sendable, Hashable {
  package var jobs = 0
  /// Jobs with at least one member that failed.
  package var jobsFailed = 0
  package var members = 0
  package var failed = 0
  package var passed = 0
  package var inconclusive = 0
  /// Launch pairs until the verdicts.
  package var pairs = 0
  /// Members with an interval of the shift at their verdict, and those whose interval held the true one.
  package var intervals = 0
  package var covered = 0
  /// Estimates less the true shift, summed.
  package var estimates = 0
  package var errors = 0.0

  package init() {}

  package func share(_ count: Int) -> Double {
    members > 0 ? Double(count) / Double(members) : 0
  }
  package var meanPairs: Double { share(pairs) }
  package var coverage: Double? {
    intervals > 0 ? Double(covered) / Double(intervals) : nil
  }
  /// Of the estimated shifts.
  package var bias: Double? { estimates > 0 ? errors / Double(estimates) : nil }
  package var familyWise: Double { jobs > 0 ? Double(jobsFailed) / Double(jobs) : 0 }

  mutating func add(_ verdict: GateVerdict, pairs count: Int) {
    members += 1
    pairs += count
    switch verdict {
    case .fail: failed += 1
    case .pass: passed += 1
    default: inconclusive += 1
    }
  }

  /// Takes up what the ratios until a verdict say of the true shift.
  mutating func add(_ interval: ClosedRange<Double>?, estimate: Double?, truth: Double) {
    if let interval {
      intervals += 1
      if interval.contains(truth) { covered += 1 }
    }
    if let estimate {
      estimates += 1
      errors += estimate - truth
    }
  }
}
