// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// How far apart configurations really are, from a long run that was not stopped by what it showed: a job
/// of which all pairs were measured (`tacho gate --all-pairs`), or many launches of each point in an order
/// drawn over the whole run (`tacho run`).
package struct GateTruth: Sendable {
  private struct Sides: Hashable {
    let base: String
    let candidate: String
  }

  private var pairs: [Sides: [PairTimes]] = [:]
  /// Seconds per call of every launch that was in no pair, by point.
  private var launches: [String: [[Double]]] = [:]

  package init(_ sweep: ResultSet.Sweep) {
    let runs = Dictionary(sweep.runs.map { ($0.record.id, $0) }) { first, _ in first }
    for pair in sweep.pairs where pair.status == .completed {
      guard let base = runs[pair.base.runID], let candidate = runs[pair.candidate.runID] else {
        continue
      }
      let sides = Sides(base: base.record.point.id, candidate: candidate.record.point.id)
      pairs[sides, default: []].append(
        PairTimes(
          index: pair.index, base: LaunchPairs.seconds(.base, pair, base),
          candidate: LaunchPairs.seconds(.candidate, pair, candidate)))
    }
    guard pairs.isEmpty else { return }
    for run in sweep.runs where run.record.status == .completed {
      let seconds = SampleSelection.counted([run]).joined().map(\.observation.secondsPerCall)
      if !seconds.isEmpty { launches[run.record.point.id, default: []].append(seconds) }
    }
  }

  /// ln(candidate / base) with its 95% interval: the centre of the pairs' or the shift between the
  /// launches' statistics (Hodges and Lehmann).
  ///
  /// 0 for a point and itself, whatever was measured; nil when too little was.
  package func shift(
    from base: String, to candidate: String, _ statistic: GateStatistic
  ) -> (estimate: Double, interval: ClosedRange<Double>?)? {
    if base == candidate { return (0, 0...0) }
    if let pairs = pairs[Sides(base: base, candidate: candidate)] {
      return HodgesLehmann(pairs.compactMap { $0.logRatio(statistic) })
        .map { ($0.estimate, $0.interval) }
    }
    func logarithms(_ point: String) -> [Double] {
      (launches[point] ?? []).compactMap { statistic.value(of: $0) }.filter { $0 > 0 }.map {
        log($0)
      }
    }
    return HodgesLehmann(shiftFrom: logarithms(base), to: logarithms(candidate))
      .map { ($0.estimate, $0.interval) }
  }
}
