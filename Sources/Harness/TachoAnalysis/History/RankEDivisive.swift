// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// Change points of a series by the E-divisive procedure of Matteson and James (2014) on ranks, with a
/// permutation p-value that is honest about the search.
///
/// Ranks bound what an outlier can do. Each segment is tested for a step against all that follows (4/5 of the
/// level) and for a stretch that came and went (1/5); where one is found, both parts are searched in turn.
///
/// A series longer than `window` is cut into windows that start at every half window from its first value and
/// stay there as values are appended: a full window is never looked at differently again. Of a later window only
/// what follows the last change found before is tested, at half the level, so that a series without a
/// change has at most `alpha` false ones in expectation for each `window` of its values.
///
/// A change must also exceed `smallestShift` and `deviations` robust standard deviations of the values about
/// their levels. Same values and identity, same result, in any order of analysis and for any number of
/// series.
package struct RankEDivisive: Sendable, Hashable {
  package var window = 60
  package var minimumSegment = 5
  /// Permutations that decide a test at the full level; tests at a part of it take more in proportion.
  package var permutations = 999
  package var alpha = 0.01
  /// ln 1.01: what is smaller is not worth a look.
  package var smallestShift = log(1.01)
  /// What simulations of clean and contaminated noise chose: false alarms become rare, and little is lost.
  package var deviations = 1.5
  /// The smallest p that must be told apart from 0: more permutations where fewer could not, without
  /// any change to what is found.
  package var smallestP = 1.0

  package init() {}

  /// How the level of a window is divided between the two questions.
  private static let shares: [(extent: EDivisiveScan.Extent, share: Double)] = [
    (.rest, 0.8), (.stretch, 0.2),
  ]

  /// - Parameters:
  ///   - values: logarithms in the builds' order, all finite.
  ///   - identity: of the series; what the permutations are drawn from.
  ///   - extraFloor: what a change at an index must exceed beyond the usual, where something else may
  ///     have moved the values there.
  package func changes(
    in values: [Double], identity: String, extraFloor: (Int) -> Double = { _ in 0 }
  ) -> SeriesChanges {
    let seed = Self.seed(of: identity)
    var found: [Candidate] = []
    var windows: [SeriesChanges.Window] = []
    for start in starts(count: values.count) {
      let end = min(start + window, values.count)
      let first = max(start, found.last?.index ?? 0)
      let search = Search(
        rules: self, values: values, seed: seed, window: start, weight: start == 0 ? 1 : 2)
      guard let p = search.split(first..<end, into: &found) else { continue }
      windows.append(SeriesChanges.Window(start: start, end: end, p: p))
      found.sort { $0.index < $1.index }
    }
    let kept = large(found, in: values, extraFloor: extraFloor)
    let residuals = Self.residuals(of: values, changes: kept.map(\.index))
    return SeriesChanges(
      changePoints: kept, windows: windows, deviation: Self.deviation(of: residuals),
      autocorrelation: Self.autocorrelation(of: residuals))
  }

  /// The first value of each window: every half window, as long as there are values beyond the last.
  func starts(count: Int) -> [Int] {
    let step = max(window / 2, 1)
    var result = [0]
    while let last = result.last, last + window < count { result.append(last + step) }
    return result
  }

  fileprivate struct Candidate {
    let index: Int
    let p: Double
    let window: Int
  }

  /// One window's tests.
  private struct Search {
    let rules: RankEDivisive
    let values: [Double]
    let seed: UInt64
    let window: Int
    /// How many windows a value lies in, which is what p is multiplied by.
    let weight: Double

    /// Tests one segment, and its parts when it has a change; returns the segment's own p, nil for one
    /// too short.
    @discardableResult
    func split(_ segment: Range<Int>, into found: inout [Candidate], above: Double = 0) -> Double? {
      guard segment.count >= 2 * rules.minimumSegment else { return nil }
      var test = PermutationTest(values[segment], minimumSegment: rules.minimumSegment)
      var smallest = 1.0
      for (extent, share) in RankEDivisive.shares {
        let part = share / weight
        guard let (split, p) = result(of: &test, extent, part, segment) else { continue }
        smallest = min(smallest, p / part)
        guard p <= rules.alpha * part * (1 + 1e-9) else { continue }
        let index = segment.lowerBound + split.index
        // A part is only searched because the whole was found to change: it is no surer than that.
        let surely = max(p / part, above)
        found.append(Candidate(index: index, p: surely, window: window))
        self.split(segment.lowerBound..<index, into: &found, above: surely)
        self.split(index..<segment.upperBound, into: &found, above: surely)
        break
      }
      return smallest
    }

    private func result(
      of test: inout PermutationTest, _ extent: EDivisiveScan.Extent, _ part: Double,
      _ segment: Range<Int>
    ) -> (split: EDivisiveScan.Split, p: Double)? {
      let deciding = Double(rules.permutations + 1)
      let enough = max((rules.alpha * deciding).rounded(), 1)
      let needed = max(deciding, 2 / max(rules.smallestP, 1e-6)) / part
      let stream = UInt64(segment.lowerBound) &* 2 &+ (extent == .rest ? 0 : 1)
      return test.result(
        extent, permutations: Int(needed.rounded()) - 1, enough: Int(enough),
        seed: seed ^ (stream &+ 1) &* 0xD134_2543_DE82_EF95)
    }
  }

  /// Those whose levels differ by enough, the least different dropped first, because without it the
  /// neighbours have longer levels.
  private func large(
    _ candidates: [Candidate], in values: [Double], extraFloor: (Int) -> Double
  ) -> [ChangePoint] {
    var left = candidates
    while true {
      let bounds = [0] + left.map(\.index) + [values.count]
      let points = left.indices.compactMap { place in
        changePoint(
          left[place], in: values, from: bounds[place], to: bounds[place + 2], extraFloor)
      }
      let weakest = points.indices.min {
        abs(points[$0].shift.estimate) / points[$0].floor
          < abs(points[$1].shift.estimate) / points[$1].floor
      }
      guard let weakest, abs(points[weakest].shift.estimate) < points[weakest].floor else {
        return points
      }
      left.removeAll { $0.index == points[weakest].index }
    }
  }

  private func changePoint(
    _ candidate: Candidate, in values: [Double], from start: Int, to end: Int,
    _ extraFloor: (Int) -> Double
  ) -> ChangePoint? {
    let index = candidate.index
    let before = Array(values[max(start, index - window)..<index])
    let after = Array(values[index..<min(end, index + window)])
    guard let shift = HodgesLehmann(shiftFrom: before, to: after),
      let low = Summary.median(of: before), let high = Summary.median(of: after)
    else { return nil }
    let spread = Self.deviation(of: before.map { $0 - low } + after.map { $0 - high }) ?? 0
    return ChangePoint(
      index: index, p: candidate.p, window: candidate.window, shift: shift,
      floor: max(smallestShift, deviations * spread, extraFloor(index)),
      before: .init(count: before.count, median: low),
      after: .init(count: after.count, median: high)
    )
  }

  private static func residuals(of values: [Double], changes: [Int]) -> [Double] {
    let bounds = [0] + changes + [values.count]
    return zip(bounds, bounds.dropFirst()).flatMap { start, end -> [Double] in
      let level = Array(values[start..<end])
      let median = Summary.median(of: level) ?? 0
      return level.map { $0 - median }
    }
  }

  private static func deviation(of residuals: [Double]) -> Double? {
    Summary.median(of: residuals.map { abs($0) }).map { 1.4826 * $0 }
  }

  private static func autocorrelation(of residuals: [Double]) -> Double? {
    guard residuals.count >= 20 else { return nil }
    let ranks = RankedValues(residuals).ranks
    let mean = Double(residuals.count + 1) / 2
    let square = ranks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard square > 0 else { return nil }
    return zip(ranks, ranks.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) } / square
  }

  private static func seed(of identity: String) -> UInt64 {
    UInt64(SHA256.hex(identity).prefix(16), radix: 16) ?? 0
  }
}
