// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Which change a bisection looks for.
package enum BisectDirection: String, Sendable, Hashable, Codable {
  case slower, faster
}

/// One comparison of a bisection: two revisions, and what the gate said of the members that are followed.
package struct BisectTrial: Sendable, Hashable, Codable {
  /// What it was measured for.
  package enum Stage: String, Sendable, Hashable, Codable {
    /// The good revision against the bad one: whether there is anything to look for.
    case ends
    /// The good revision against one between.
    case search
    /// The revision found against the one before it.
    case last
  }

  package enum Verdict: String, Sendable, Hashable, Codable {
    /// The later revision has the change, or does not.
    case changed, unchanged
    /// The launch pairs there were show neither.
    case undecided
    /// The job's own controls failed: it proves nothing.
    case invalid
    /// It does not build, or does not run what is measured.
    case notBuilt = "not-built"
    case notRun = "not-run"

    /// Whether measuring once more may say more.
    package var mayChange: Bool { self == .undecided || self == .invalid }
  }

  /// A member of the gate with its change from the earlier revision to the later one.
  package struct Member: Sendable, Hashable, Codable {
    package var name: String
    package var role: GateMember.Role
    package var verdict: GateVerdict
    /// ln(later's time / earlier's time), with its 95% interval.
    package var shift: Double?
    package var low: Double?
    package var high: Double?
    package var pairs: Int

    package init(
      name: String, role: GateMember.Role, verdict: GateVerdict, shift: Double? = nil,
      low: Double? = nil, high: Double? = nil, pairs: Int
    ) {
      self.name = name
      self.role = role
      self.verdict = verdict
      self.shift = shift
      self.low = low
      self.high = high
      self.pairs = pairs
    }
  }

  package var stage: Stage
  /// Hashes of the earlier revision and of the one asked about.
  package var reference: String
  package var revision: String
  package var verdict: Verdict
  /// Those followed, or when none are yet, those that failed.
  package var members: [Member]
  /// Why the verdict is not a plain one, in a sentence; empty when the shifts say it all.
  package var reason: String
  /// Why it changed, where that was looked for.
  package var cause: String?
  /// Whether outputs differ too: a faster or slower program that computes something else.
  package var hasOtherOutput: Bool
  /// The job in the store; nil when nothing was measured.
  package var sweepID: String?
  /// SHA-256 of the later revision's program; nil when there is none.
  package var program: String?
  /// What it took, building included.
  package var seconds: Double

  package init(
    stage: Stage, reference: String, revision: String, verdict: Verdict, members: [Member] = [],
    reason: String = "", cause: String? = nil, hasOtherOutput: Bool = false,
    sweepID: String? = nil, program: String? = nil, seconds: Double = 0
  ) {
    self.stage = stage
    self.reference = reference
    self.revision = revision
    self.verdict = verdict
    self.members = members
    self.reason = reason
    self.cause = cause
    self.hasOtherOutput = hasOtherOutput
    self.sweepID = sweepID
    self.program = program
    self.seconds = seconds
  }
}
