// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Watches a sweep go by, between samples only: whoever works here does so while no worker measures.
package protocol RunObserver: AnyObject {
  /// `done` of the `total` runs were measured before (a resumed sweep).
  func sweepBegan(total: Int, done: Int)
  func runBegan(_ run: RunRecord)
  func sampled(_ sample: SampleRecord, of run: RunRecord)
  func runEnded(_ run: RunRecord)
  func sweepEnded(_ outcome: SweepOutcome)
}
