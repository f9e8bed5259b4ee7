// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Whether samples of the same seed gave the same output then and now.
package enum OutputComparison: Sendable, Hashable {
  /// So many samples have fingerprints on both sides, all equal.
  case same(samples: Int)
  /// The first sample (counted by its seed) that differs, and how many of those compared do.
  case different(first: Int, before: String, after: String, count: Int, of: Int)
  case unknown(reason: String)

  /// A launch's fingerprints by the place of their seed among the launch's seeds.
  package typealias Fingerprints = [Int: String]

  package init(before: [Fingerprints], after: [Fingerprints]) {
    var compared: Set<Int> = []
    var differing: [Int: (String, String)] = [:]
    for old in before {
      for new in after {
        for (place, output) in old {
          guard let other = new[place] else { continue }
          compared.insert(place)
          if other != output, differing[place] == nil { differing[place] = (output, other) }
        }
      }
    }
    if let first = differing.min(by: { $0.key < $1.key }) {
      self = .different(
        first: first.key, before: first.value.0, after: first.value.1, count: differing.count,
        of: compared.count)
    } else if compared.isEmpty {
      self = .unknown(
        reason: before.contains { !$0.isEmpty }
          ? "no sample of the same seed has a fingerprint now" : "no fingerprint is on record")
    } else {
      self = .same(samples: compared.count)
    }
  }

  /// Of a launch, whose runs (several, when it was broken off and continued) share one row of seeds.
  package static func fingerprints(_ runs: [ResultSet.Run]) -> Fingerprints {
    var result: Fingerprints = [:]
    var offset = 0
    for run in runs.sorted(by: { $0.record.startedAt < $1.record.startedAt }) {
      // What an instrument observed has a seed of its own.
      let timed = run.samples.filter(\.isTimed)
      for sample in timed {
        result[offset + sample.index] = sample.observation.outputFingerprint
      }
      offset += timed.count
    }
    return result
  }

  package var words: String {
    switch self {
    case .same(let samples): "same output in \(samples) sample\(samples == 1 ? "" : "s")"
    case .different(let first, let before, let after, let count, let all):
      "different output in \(count) of \(all) sample\(all == 1 ? "" : "s"), first in sample \(first): "
        + "\(before) then, \(after) now"
    case .unknown(let reason): "not compared: \(reason)"
    }
  }
}
