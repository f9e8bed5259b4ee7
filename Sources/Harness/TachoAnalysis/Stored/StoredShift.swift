// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How launches measured now lie from launches on record, for one metric of one point.
///
/// Each launch counts as one value, the logarithm of the median of its samples. The ratio is the
/// Hodges-Lehmann shift of these (the median over all launches of now against all of then). With four
/// launches on either side or more its interval is the exact one of the rank test; with fewer a two-level
/// bootstrap, which draws launches and then samples within each, and is a hint: in 1,000 simulations of
/// launches that differ as much as their samples it held the shift in 87 of 100 cases with 2 and 5
/// launches and in 92 with 3 and 5. A single launch on a side has no interval, since it does not show how
/// much launches differ.
///
/// Neither has in it what differs between two times and not between launches of one time: the neighbours,
/// the temperature, the page cache. A ratio across times is therefore never a verdict.
package struct StoredShift: Sendable, Hashable {
  package enum Method: String, Sendable, Hashable {
    case hodgesLehmann = "hodges-lehmann"
    case twoLevelBootstrap = "two-level bootstrap"
  }

  /// The change beside what launches of the stored run differed by among themselves.
  package enum Standing: String, Sendable, Hashable {
    case within, beyond
    /// One launch then: there is no difference to hold the change against.
    case unknown
  }

  /// Medians over launches of the launches' medians.
  package let then: Double
  package let now: Double
  package let launchesThen: Int
  package let launchesNow: Int
  /// Now over then.
  package let ratio: Double
  /// Of 95%; nil with one launch on a side.
  package let interval: ClosedRange<Double>?
  package let method: Method?
  /// The largest of the stored launches' medians over the smallest, less 1: 0.02 where they lay within 2%
  /// of one another; nil for one launch.
  package let spread: Double?
  package let standing: Standing

  /// From the samples of each launch; a launch without any is left out.
  package init(
    then: [[Double]], now: [[Double]], seed: UInt64 = 1
  ) throws(LaunchReproduction.Unable) {
    let (old, new) = (then.filter { !$0.isEmpty }, now.filter { !$0.isEmpty })
    guard !old.isEmpty, !new.isEmpty else {
      throw .init(reason: old.isEmpty ? "no value then" : "no value now")
    }
    for value in (old + new).joined() where !value.isFinite || value <= 0 {
      throw .init(
        reason: value.isFinite
          ? "a value is not above 0, so there is no ratio" : "a value is not a finite number")
    }
    let (oldLogs, newLogs) = (Self.logMedians(old), Self.logMedians(new))
    guard let shift = HodgesLehmann(shiftFrom: oldLogs, to: newLogs),
      let oldMiddle = Summary.median(of: oldLogs), let newMiddle = Summary.median(of: newLogs),
      let least = oldLogs.min(), let most = oldLogs.max()
    else { throw .init(reason: "launches have no median") }
    self.then = exp(oldMiddle)
    self.now = exp(newMiddle)
    launchesThen = old.count
    launchesNow = new.count
    ratio = exp(shift.estimate)
    if let exact = shift.interval {
      interval = exp(exact.lowerBound)...exp(exact.upperBound)
      method = .hodgesLehmann
    } else if old.count > 1, new.count > 1 {
      interval = Self.bootstrap(old, new, around: shift.estimate, seed: seed)
      method = .twoLevelBootstrap
    } else {
      interval = nil
      method = nil
    }
    spread = old.count > 1 ? expm1(most - least) : nil
    standing = old.count < 2 ? .unknown : abs(shift.estimate) > most - least ? .beyond : .within
  }

  private static func logMedians(_ launches: [[Double]]) -> [Double] {
    launches.compactMap { Summary.median(of: $0) }.map { log($0) }
  }

  private static let resamples = 2_000

  /// Percentiles of the shift over resamples; never without the estimate itself.
  private static func bootstrap(
    _ old: [[Double]], _ new: [[Double]], around estimate: Double, seed: UInt64
  ) -> ClosedRange<Double> {
    var generator = SeededGenerator(seed: seed)
    func drawn(_ launches: [[Double]]) -> [Double] {
      launches.map { _ in
        let launch = launches[generator.index(below: launches.count)]
        let samples = launch.map { _ in launch[generator.index(below: launch.count)] }.sorted()
        return log(Percentile.value(50, ofSorted: samples))
      }
    }
    var shifts: [Double] = []
    for _ in 0..<resamples {
      let (then, now) = (drawn(old), drawn(new))
      let differences = now.flatMap { after in then.map { after - $0 } }.sorted()
      shifts.append(Percentile.value(50, ofSorted: differences))
    }
    shifts.sort()
    let low = min(Percentile.value(2.5, ofSorted: shifts), estimate)
    let high = max(Percentile.value(97.5, ofSorted: shifts), estimate)
    return exp(low)...exp(high)
  }
}
