// SPDX-License-Identifier: Apache-2.0

/// Where a runner puts what it measured, one durable step at a time.
///
/// The store is one; tests use a list in memory. Every call that returns has survived a `kill -9`.
package protocol RecordSink: AnyObject {
  /// A sweep that is there already is being resumed.
  func begin(_ sweep: SweepRecord) throws
  func begin(_ run: RunRecord) throws
  func append(_ sample: SampleRecord) throws
  /// What was recorded inside a sample appended before, and the metrics computed from it.
  func append(_ trace: SampleTrace, runID: String, index: Int, measurements: [Measurement]) throws
  /// Replaces the run's status, reason, facts, finish time and stderr tail.
  func finish(_ run: RunRecord) throws
  func append(_ event: EventRecord) throws
}
