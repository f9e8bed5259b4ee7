// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Watches a gate job go by, between pairs only: nobody measures then.
package protocol GateObserver: AnyObject {
  func roundBegan(_ round: Int, series: Int, undecided: Int)
  func measured(_ pair: PairRecord)
  func decided(_ member: GateMember, _ decision: GateDecision)
  func confirming(_ member: GateMember, pairs: Int)
  /// What repeats exactly is counted, by an instrument or by recording launches.
  func counting(_ series: GateSeries, under activity: String?)
  func pausing(seconds: Double)
}
