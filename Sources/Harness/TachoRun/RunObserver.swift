// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Watches a sweep go by, between samples only: whoever works here does so while no worker measures.
package protocol RunObserver: AnyObject {
  /// `done` runs were measured before (a resumed sweep); the rest will take these times, in order, as
  /// far as anybody knows.
  func sweepBegan(done: Int, expectedSeconds: [Double])
  func runBegan(_ run: RunRecord)
  /// Something long other than a sample begins.
  func began(_ activity: String, of run: RunRecord)
  func sampled(_ sample: SampleRecord, of run: RunRecord)
  func runEnded(_ run: RunRecord)
  func sweepEnded(_ outcome: SweepOutcome)
}

extension RunObserver {
  package func began(_ activity: String, of run: RunRecord) {}
}
