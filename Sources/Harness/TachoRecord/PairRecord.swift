// SPDX-License-Identifier: Apache-2.0

/// One of the two sides of a comparison.
package enum PairSide: String, Sendable, Hashable, Codable, CaseIterable {
  /// What is compared with, and what is compared; the same program and point when noise is measured.
  case base, candidate
}

/// A launch pair: two worker processes that lived at the same time and took samples in turns.
///
/// The pair, not the sample, is the unit of every comparison: samples of one process are more alike than
/// those of two. Each side is a run with its samples; the pair says which they are and in which order
/// they were taken.
package struct PairRecord: Sendable, Hashable, Codable {
  package struct Side: Sendable, Hashable, Codable {
    package var runID: String
    /// Of the program that measured this side.
    package var buildID: String

    package init(runID: String, buildID: String) {
      self.runID = runID
      self.buildID = buildID
    }
  }

  /// One sample: whose, in which round, and when.
  package struct Step: Sendable, Hashable, Codable {
    /// Counts from 0 over the samples of both sides, warm-up included.
    package var position: Int
    package var side: PairSide
    /// Each round takes one sample of each side, in an order drawn for it; nil for warm-up.
    package var round: Int?
    /// The sample's index in its run.
    package var sampleIndex: Int
    /// When it was asked for, on the harness's monotonic clock.
    package var askedNs: Int

    package init(position: Int, side: PairSide, round: Int?, sampleIndex: Int, askedNs: Int) {
      self.position = position
      self.side = side
      self.round = round
      self.sampleIndex = sampleIndex
      self.askedNs = askedNs
    }
  }

  package var id: String
  package var sweepID: String
  /// 0 for the point's first pair, 1 for the next ...
  package var index: Int
  /// Position in the executed order of the sweep's pairs.
  package var order: Int
  package var base: Side
  package var candidate: Side
  /// What the order of the workers' starts and of every round is drawn from.
  package var seed: UInt64
  /// Whose worker was started first.
  package var startedFirst: PairSide
  package var startedAt: String
  package var finishedAt: String?
  package var status: RunStatus
  package var reason: String?
  /// The gate's series that it belongs to; nil outside of a gate.
  package var series: String?
  package var steps: [Step]

  package init(
    id: String, sweepID: String, index: Int, order: Int, base: Side, candidate: Side, seed: UInt64,
    startedFirst: PairSide, startedAt: String, finishedAt: String? = nil,
    status: RunStatus = .running, reason: String? = nil, series: String? = nil,
    steps: [Step] = []
  ) {
    self.id = id
    self.sweepID = sweepID
    self.index = index
    self.order = order
    self.base = base
    self.candidate = candidate
    self.seed = seed
    self.startedFirst = startedFirst
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.status = status
    self.reason = reason
    self.series = series
    self.steps = steps
  }

  package func side(_ side: PairSide) -> Side { side == .base ? base : candidate }
}
