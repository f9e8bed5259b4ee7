// SPDX-License-Identifier: Apache-2.0

/// Where launch pairs are kept, each part on record before the next is taken.
package protocol PairSink: RecordSink {
  /// A new pair, whose runs were begun before; `builds` are those of its sides.
  func begin(_ pair: PairRecord, builds: [BuildRecord]) throws
  /// A sample of one side together with its place in the pair.
  func append(_ sample: SampleRecord, _ step: PairRecord.Step, pairID: String) throws
  /// The pair's ending.
  func finish(_ pair: PairRecord) throws
}
