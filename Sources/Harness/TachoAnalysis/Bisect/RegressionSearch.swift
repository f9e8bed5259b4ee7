// SPDX-License-Identifier: Apache-2.0

/// Finds the first commit since which something is slower: compares the ends, halves what lies between, and
/// compares what it found with the commit before it.
///
/// Every comparison is a job of the gate against the good revision. A decision is wrong with a small chance,
/// and a series of them more often, so the last comparison, of neighbours, is what the answer rests on.
package struct RegressionSearch {
  /// A comparison that is asked for.
  package struct Request: Sendable, Hashable {
    package let stage: BisectTrial.Stage
    package let reference: String
    package let revision: String
    /// Nil for the ends: every member may fail.
    package let followed: [BisectMember]?
    /// 2 when the first one decided nothing: more launch pairs.
    package let attempt: Int
    /// Commits that may be the one, and comparisons left with this one, if all give an answer.
    package let candidates: Int
    package let comparisonsLeft: Int
    /// Whether the answer may rest on it, so that its cause is worth looking for.
    package let isLast: Bool
    /// What was compared before: an equal program needs no measuring.
    package let earlier: [BisectTrial]
  }

  /// What a comparison gave, with what is to be followed from the ends on.
  package struct Answer: Sendable {
    package let trial: BisectTrial
    package let chosen: [BisectMember]

    package init(_ trial: BisectTrial, chosen: [BisectMember] = []) {
      self.trial = trial
      self.chosen = chosen
    }
  }

  package enum Ending: Sendable, Hashable {
    /// The bad revision does not differ from the good one, or that could not be told.
    case noChange(BisectTrial)
    /// This commit; the trial compares it with the one before.
    case found(String, BisectTrial)
    /// One of these, oldest first: all but the last gave no answer. The trial spans them.
    case among([String], BisectTrial)

    /// Whether the last comparison saw the change.
    package var isConfirmed: Bool {
      switch self {
      case .noChange: false
      case .found(_, let trial), .among(_, let trial): trial.verdict == .changed
      }
    }
  }

  /// Comparisons of the same two revisions before it is passed over.
  package static let attempts = 2

  package private(set) var record: BisectRecord

  package init(_ record: BisectRecord) {
    self.record = record
  }

  /// Goes on from what the record holds; `keep` is called after each comparison.
  package mutating func run(
    test: (Request) throws -> Answer, keep: (BisectRecord) throws -> Void = { _ in }
  ) throws -> Ending {
    var search = try RevisionBisection(revisions: record.revisions)
    let count = record.revisions.count
    let ends = try settle(
      .ends, record.good, record.bad, candidates: count,
      left: 1 + RevisionBisection.steps(count) + (isOneStep ? 0 : 1), test: test, keep: keep)
    guard ends.verdict == .changed else { return .noChange(ends) }
    while true {
      switch search.next {
      case .test(let revision, let candidates, let stepsLeft):
        let trial = try settle(
          .search, record.good, revision, candidates: candidates, left: stepsLeft + 1,
          test: test, keep: keep)
        try search.record(trial.answer, for: revision)
      case .found(let revision):
        return .found(revision, try last(from: revision, to: revision, ends, test, keep))
      case .undecided(let revisions):
        let trial = try last(
          from: revisions.first ?? record.bad, to: revisions.last ?? record.bad, ends, test, keep)
        return .among(revisions, trial)
      }
    }
  }

  /// One commit after the good one: the ends are neighbours.
  private var isOneStep: Bool { record.revisions.count == 1 && record.before == record.good }

  private mutating func last(
    from first: String, to revision: String, _ ends: BisectTrial,
    _ test: (Request) throws -> Answer, _ keep: (BisectRecord) throws -> Void
  ) throws -> BisectTrial {
    let parent = record.parent(of: first)
    if parent == record.good, revision == record.bad { return ends }
    return try settle(
      .last, parent, revision, candidates: 1, left: 1, test: test, keep: keep)
  }

  /// The recorded answer, or one measured now; what decides nothing is measured once more.
  private mutating func settle(
    _ stage: BisectTrial.Stage, _ reference: String, _ revision: String, candidates: Int,
    left: Int, test: (Request) throws -> Answer, keep: (BisectRecord) throws -> Void
  ) throws -> BisectTrial {
    while true {
      let earlier = record.trials.filter {
        $0.stage == stage && $0.reference == reference && $0.revision == revision
      }
      if let trial = earlier.last, !trial.verdict.mayChange || earlier.count >= Self.attempts {
        return trial
      }
      let answer = try test(
        Request(
          stage: stage, reference: reference, revision: revision,
          followed: stage == .ends ? nil : record.followed, attempt: earlier.count + 1,
          candidates: candidates, comparisonsLeft: left,
          isLast: stage == .last || stage == .ends && isOneStep, earlier: record.trials))
      record.trials.append(answer.trial)
      if stage == .ends { record.followed = answer.chosen }
      try keep(record)
    }
  }
}

extension BisectTrial {
  /// What halving takes it for.
  var answer: RevisionBisection.Answer {
    switch verdict {
    case .changed: .bad
    case .unchanged: .good
    case .notBuilt, .notRun: .skip
    case .undecided, .invalid: .unknown
    }
  }
}
