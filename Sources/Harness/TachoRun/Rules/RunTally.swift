// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The samples of one launch after its warm-up, and whether they are enough.
///
/// Where the policy says to repeat contaminated samples, the stop rule sees the others only, until there
/// is no more room for repetitions: `samplesTakenMax` samples, or the time with at least `samplesMin` of
/// any kind. What then counts is `SampleSelection`'s to say.
package struct RunTally: Sendable, Hashable {
  /// Times per unit of work, and the sums of the timed regions: of all samples, and of those not
  /// flagged.
  package private(set) var all: [Double] = []
  package private(set) var unflagged: [Double] = []
  private var allSeconds = 0.0
  private var unflaggedSeconds = 0.0

  package init() {}

  package mutating func add(_ observation: Observation, flagged: Bool) {
    all.append(observation.secondsPerCall)
    allSeconds += observation.seconds
    guard !flagged else { return }
    unflagged.append(observation.secondsPerCall)
    unflaggedSeconds += observation.seconds
  }

  /// Why the run ends now, with what became of flagged samples, or nil to take another.
  package func verdict(_ stop: StopRule, elapsedSeconds: Double) -> String? {
    let flagged = all.count - unflagged.count
    func verdictOnAll() -> String? {
      stop.verdict(values: all, measuredSeconds: allSeconds, elapsedSeconds: elapsedSeconds)
    }
    guard flagged > 0 else { return verdictOnAll() }
    let share = "\(flagged) of \(all.count) samples flagged"
    let policy = stop.policy
    guard policy.contaminated == .repeat else {
      return verdictOnAll().map { "\($0); \(share) and counted" }
    }
    let leavesOut = SampleSelection.leavesOutFlagged(unflagged: unflagged.count, policy: policy)
    let verdict = stop.verdict(
      values: unflagged, measuredSeconds: unflaggedSeconds, elapsedSeconds: elapsedSeconds)
    if leavesOut, let verdict { return "\(verdict); \(share) and repeated" }
    let isFull = all.count >= policy.samplesTakenMax
    let isLate = elapsedSeconds >= policy.secondsMax && all.count >= policy.samplesMin
    guard isFull || isLate else { return nil }
    let cause = isFull ? "no more were to be taken" : "the time was used up"
    if leavesOut { return "\(unflagged.count) samples; \(share) and repeated, until \(cause)" }
    return (verdictOnAll() ?? "\(all.count) samples") + "; \(share): counted, since \(cause)"
  }
}
