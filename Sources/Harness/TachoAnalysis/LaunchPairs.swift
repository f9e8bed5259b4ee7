// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The samples of launch pairs as comparisons take them.
package enum LaunchPairs {
  /// For each point, by id, the times per call of the rounds of its completed pairs, in the order
  /// measured: base first, candidate second.
  ///
  /// Warm-up is left out. A pair belongs to its base's point.
  package static func seconds(
    of sweep: ResultSet.Sweep
  ) -> [String: [(first: [Double], second: [Double])]] {
    let runs = Dictionary(sweep.runs.map { ($0.record.id, $0) }) { first, _ in first }
    var result: [String: [(first: [Double], second: [Double])]] = [:]
    for pair in sweep.pairs where pair.status == .completed {
      guard let base = runs[pair.base.runID], let candidate = runs[pair.candidate.runID] else {
        continue
      }
      result[base.record.point.id, default: []].append(
        (first: seconds(.base, pair, base), second: seconds(.candidate, pair, candidate)))
    }
    return result
  }

  /// Times per call of one side's rounds.
  static func seconds(
    _ side: PairSide, _ pair: PairRecord, _ run: ResultSet.Run
  ) -> [Double] {
    let samples = Dictionary(run.samples.map { ($0.index, $0) }) { first, _ in first }
    return pair.steps.filter { $0.side == side && $0.round != nil }
      .compactMap { samples[$0.sampleIndex]?.observation.secondsPerCall }
  }
}
