// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The times of one completed launch pair of a gate, as its members take them.
package struct PairTimes: Sendable, Hashable {
  /// 0 for the first pair of its series; pairs of one index were measured in one round over all series.
  package let index: Int
  /// Seconds per call of the rounds' samples.
  package let base: [Double]
  package let candidate: [Double]
  /// What else is compared.
  package let readings: [PairSide: SideReadings]

  package init(
    index: Int, base: [Double], candidate: [Double], readings: [PairSide: SideReadings] = [:]
  ) {
    self.index = index
    self.base = base
    self.candidate = candidate
    self.readings = readings
  }

  /// ln(candidate / base) of a launch's statistic; nil when a side has none or one that is not above 0.
  ///
  /// Of a metric of which more is better it is ln(base / candidate): above 0 is always worse.
  package func logRatio(_ statistic: GateStatistic, _ metric: GateMetric? = nil) -> Double? {
    guard let base = statistic.value(of: costs(.base, metric)),
      let candidate = statistic.value(of: costs(.candidate, metric))
    else { return nil }
    return GateStatistic.logRatio(base: base, candidate: candidate)
  }

  /// A side's statistic in the unit of what is compared.
  package func value(
    _ side: PairSide, _ statistic: GateStatistic, _ metric: GateMetric?
  ) -> Double? {
    guard let cost = statistic.value(of: costs(side, metric)), cost > 0 else { return nil }
    return metric?.better == .higher ? 1 / cost : cost
  }

  /// Whether a side reports what is compared.
  package func hasValues(_ side: PairSide, _ metric: GateMetric?) -> Bool {
    !costs(side, metric).isEmpty
  }

  /// One side's samples in the order of rounds, turned so that more is worse.
  private func costs(_ side: PairSide, _ metric: GateMetric?) -> [Double] {
    guard let metric else { return side == .base ? base : candidate }
    return (readings[side]?.numbers[metric.id] ?? [:]).sorted { $0.key < $1.key }
      .compactMap { metric.cost($0.value) }
  }

  /// Of every series of a stored gate, its completed pairs in the order of their indices, with the readings of
  /// the metrics named.
  package static func bySeries(
    in sweep: ResultSet.Sweep, metrics: Set<String> = []
  ) -> [String: [PairTimes]] {
    let runs = Dictionary(sweep.runs.map { ($0.record.id, $0) }) { first, _ in first }
    var result: [String: [PairTimes]] = [:]
    for pair in sweep.pairs where pair.status == .completed {
      guard let series = pair.series, let base = runs[pair.base.runID],
        let candidate = runs[pair.candidate.runID]
      else { continue }
      result[series, default: []].append(
        PairTimes(
          index: pair.index, base: LaunchPairs.seconds(.base, pair, base),
          candidate: LaunchPairs.seconds(.candidate, pair, candidate),
          readings: metrics.isEmpty
            ? [:]
            : [
              .base: readings(.base, pair, base, metrics),
              .candidate: readings(.candidate, pair, candidate, metrics),
            ]))
    }
    return result.mapValues { $0.sorted { $0.index < $1.index } }
  }

  private static func readings(
    _ side: PairSide, _ pair: PairRecord, _ run: ResultSet.Run, _ metrics: Set<String>
  ) -> SideReadings {
    var readings = SideReadings()
    let samples = Dictionary(run.samples.map { ($0.index, $0) }) { first, _ in first }
    for step in pair.steps where step.side == side {
      guard let round = step.round, let sample = samples[step.sampleIndex] else { continue }
      readings.add(sample.measurements, round: round, of: metrics)
    }
    return readings
  }
}
