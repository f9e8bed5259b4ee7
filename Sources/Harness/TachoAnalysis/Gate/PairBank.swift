// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Recorded launch pairs of points against themselves, reduced to what gates and other comparisons take
/// of each: small enough to be kept with the results they lead to.
package struct PairBank: Sendable, Hashable {
  package struct Entry: Sendable, Hashable {
    package let point: String
    package let index: Int
    /// Position in the executed order of all pairs.
    package let order: Int
    package let startedFirst: PairSide
    /// Seconds per call, in the order of `PairBank.statistics`.
    package let base: [Double]
    package let candidate: [Double]
    /// What the usual tests make of the samples of the one launch and of the other.
    package let mannWhitney: Double
    package let welch: Double
  }

  package static let statistics = ["minimum", "p10", "p25", "median", "mean", "p95"]

  /// In the order measured.
  package let entries: [Entry]
  /// Names of points, in alphabetical order.
  package let points: [String]

  package init(_ entries: [Entry]) {
    self.entries = entries.sorted { $0.order < $1.order }
    points = Set(entries.map(\.point)).sorted()
  }

  /// The completed pairs of a sweep; those without two samples and positive times on both sides are left
  /// out.
  package init(_ sweep: ResultSet.Sweep) {
    let runs = Dictionary(sweep.runs.map { ($0.record.id, $0) }) { first, _ in first }
    self.init(
      sweep.pairs.compactMap { pair in
        guard pair.status == .completed, let base = runs[pair.base.runID],
          let candidate = runs[pair.candidate.runID]
        else { return nil }
        let point = base.record.point
        let name =
          point.label == point.benchmark ? point.label : "\(point.benchmark) \(point.label)"
        return Entry(
          // A comma would end the name in a CSV.
          point: name.replacingOccurrences(of: ",", with: ";"), pair,
          base: LaunchPairs.seconds(.base, pair, base),
          candidate: LaunchPairs.seconds(.candidate, pair, candidate))
      })
  }

  /// Of each round in which every point has a pair, the ln ratios of its points in the order of `points`;
  /// `statistic` names what a point's launches are reduced to.
  package func rounds(_ statistic: (String) -> String) -> [[Double]] {
    let places = points.map { Self.statistics.firstIndex(of: statistic($0)) }
    var rounds: [Int: [Double?]] = [:]
    for entry in entries {
      guard let point = points.firstIndex(of: entry.point), let place = places[point] else {
        continue
      }
      rounds[entry.index, default: Array(repeating: nil, count: points.count)][point] =
        entry.logRatio(place)
    }
    return rounds.keys.sorted().compactMap { index in
      let ratios = (rounds[index] ?? []).compactMap { $0 }
      return ratios.count == points.count ? ratios : nil
    }
  }

  /// The ln ratios of a point in the order measured.
  package func logRatios(of point: String, _ statistic: String) -> [Double] {
    guard let place = Self.statistics.firstIndex(of: statistic) else { return [] }
    return entries.compactMap { $0.point == point ? $0.logRatio(place) : nil }
  }

  /// The statistic other than p95 whose ratios spread least over the pairs of a point.
  package func tightest(_ point: String) -> String {
    let spreads = Self.statistics.dropLast().map { statistic in
      (statistic, OutlierRule(of: logRatios(of: point, statistic))?.mad ?? .infinity)
    }
    return spreads.min { $0.1 < $1.1 }?.0 ?? LaunchStatistic.median.rawValue
  }
}

extension PairBank.Entry {
  init?(point: String, _ pair: PairRecord, base: [Double], candidate: [Double]) {
    let reduce = { (samples: [Double]) in
      PairBank.statistics.compactMap { GateStatistic(name: $0)?.value(of: samples) }
    }
    let (first, second) = (reduce(base), reduce(candidate))
    guard base.count >= 2, candidate.count >= 2, first.count == PairBank.statistics.count,
      second.count == PairBank.statistics.count, (first + second).allSatisfy({ $0 > 0 })
    else { return nil }
    self.init(
      point: point, index: pair.index, order: pair.order, startedFirst: pair.startedFirst,
      base: first, candidate: second, mannWhitney: MannWhitney(base, candidate)?.pValue ?? 1,
      welch: WelchTest(base, candidate)?.pValue ?? 1)
  }

  /// ln(candidate / base) of the statistic at this place.
  func logRatio(_ place: Int) -> Double? {
    GateStatistic.logRatio(base: base[place], candidate: candidate[place])
  }
}
