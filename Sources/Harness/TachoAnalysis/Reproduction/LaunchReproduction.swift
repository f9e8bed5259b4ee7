// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Whether fresh launches of a point give the number that earlier ones gave.
///
/// Each launch counts as one value, the logarithm of the median of its samples: samples of one launch
/// are not exchangeable with those of another. Launches are taken to be normal about their session's
/// mean with a spread that is estimated from the launches of both sessions (pooled, so that one earlier
/// launch is enough). The ratio of the sessions then has the interval
///
///     exp(mean(now) - mean(then) ± t s sqrt(1 / n_then + 1 / n_now)),  n_then + n_now - 2 degrees
///
/// For one earlier launch this is the prediction interval of a new draw (Hahn and Meeker, "Statistical
/// Intervals", 1991, section 4.7): how far one launch may lie from the mean of so many others without
/// anything having changed. What differs between sessions and not between launches (the time of day on a
/// shared machine) is not in it.
package struct LaunchReproduction: Sendable, Hashable {
  package enum Verdict: String, Sendable, Hashable {
    /// The ratio's whole interval lies within the tolerance (Schuirmann 1987: equivalence is shown, not
    /// taken for granted because no difference was found).
    case reproduced
    /// The interval does not hold 1, and reaches beyond the tolerance.
    case differs
    case cannotTell = "cannot tell"
  }

  /// Of all samples then and now, for showing; intervals resample launches.
  package let before: Summary
  package let after: Summary
  package let launchesBefore: Int
  package let launchesAfter: Int
  /// Now over then, of the launches' medians (geometric means).
  package let ratio: Double
  package let interval: ClosedRange<Double>
  /// The interval's chance of missing what it is to hold.
  package let level: Double
  /// Standard deviation of launches about their session's mean, relative: 0.02 is about 2%.
  package let spread: Double
  /// The largest relative change, in either direction, that is none.
  package let tolerance: Double
  package let verdict: Verdict

  /// From the samples of each launch.
  ///
  /// `level` is the interval's chance of missing: 0.05 for one metric, less for several.
  package init(
    before: [[Double]], after: [[Double]], tolerance: Double, level: Double = 0.05
  ) throws(Unable) {
    let (old, new) = (before.filter { !$0.isEmpty }, after.filter { !$0.isEmpty })
    guard let then = Summary(ofLaunches: old), let now = Summary(ofLaunches: new) else {
      throw Unable(
        reason: old.isEmpty
          ? "no value then" : new.isEmpty ? "no value now" : "a value is not a finite number")
    }
    guard (old + new).allSatisfy({ $0.allSatisfy { $0 > 0 } }) else {
      throw Unable(reason: "a value is not above 0, so there is no ratio")
    }
    guard old.count + new.count > 2 else {
      throw Unable(
        reason: "one launch then and one now tell nothing of how much launches differ")
    }
    let logs = [old, new].map { launches in
      launches.compactMap { Summary.median(of: $0) }.map { log($0) }
    }
    let means = logs.map { $0.reduce(0, +) / Double($0.count) }
    let squares = zip(logs, means).reduce(0.0) { sum, group in
      sum + group.0.reduce(0) { $0 + ($1 - group.1) * ($1 - group.1) }
    }
    let freedom = Double(old.count + new.count - 2)
    let spread = (squares / freedom).squareRoot()
    let width = Self.width(freedom, old.count, new.count, level) * spread
    let difference = means[1] - means[0]
    self.before = then
    self.after = now
    launchesBefore = old.count
    launchesAfter = new.count
    self.spread = spread
    self.tolerance = tolerance
    self.level = level
    ratio = exp(difference)
    let interval = exp(difference - width)...exp(difference + width)
    self.interval = interval
    let (low, high) = (1 / (1 + tolerance), 1 + tolerance)
    verdict =
      interval.lowerBound >= low && interval.upperBound <= high
      ? .reproduced : interval.contains(1) ? .cannotTell : .differs
  }

  /// New launches from which an unchanged number would probably be seen to be reproduced, were their
  /// spread this; nil when no number of them would do: the earlier launches are too few.
  package var launchesNeeded: Int? {
    // Half the tolerance, so that chance has room on either side.
    (2...Self.mostLaunches).first { new in
      let freedom = Double(launchesBefore + new - 2)
      return freedom > 0
        && Self.width(freedom, launchesBefore, new, level) * spread <= log1p(tolerance) / 2
    }
  }

  /// Why a metric cannot be compared.
  package struct Unable: Error, Hashable {
    package let reason: String
  }

  /// Half the width of the interval for a spread of 1.
  private static func width(_ freedom: Double, _ old: Int, _ new: Int, _ level: Double) -> Double {
    StudentDistribution(freedom: freedom).quantile(1 - level / 2)
      * (1 / Double(old) + 1 / Double(new)).squareRoot()
  }

  private static let mostLaunches = 100

  /// The verdict with what it rests on.
  package var reason: String {
    let allowed = String(format: "±%.3g%%", tolerance * 100)
    let launches = String(format: "launches differ by %.2g%%", spread * 100)
    switch verdict {
    case .reproduced:
      return "the whole interval lies within \(allowed)"
    case .differs:
      return "\(launches) (standard deviation), which does not explain it"
    case .cannotTell:
      let remedy =
        launchesNeeded.map {
          $0 > launchesAfter
            ? "; --launches \($0) would do, if nothing has changed" : "; measure once more"
        }
        ?? "; \(launchesBefore == 1 ? "one launch" : "\(launchesBefore) launches") then cannot tell "
        + "more, however many there are now"
      return "\(launches) (standard deviation), too much to tell within \(allowed)\(remedy)"
    }
  }
}
