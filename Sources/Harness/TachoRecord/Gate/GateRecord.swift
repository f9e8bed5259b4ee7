// SPDX-License-Identifier: Apache-2.0

/// A job of the gate: two builds compared over a suite's points, with all that its verdicts need.
package struct GateRecord: Sendable, Hashable, Codable {
  /// Sweeps hold its launch pairs.
  package var sweepID: String
  package var base: GateBuild
  package var candidate: GateBuild
  package var policy: GatePolicy
  /// What the order of pairs, starts and samples is drawn from.
  package var seed: UInt64
  package var series: [GateSeries]
  package var members: [GateMember]
  /// Points of the suite that are to be judged: none of them may go missing.
  package var expected: Int
  /// Slowdowns accepted beside the suite; nil where there are none.
  package var acceptances: GateAcceptances?
  /// The tag of the base where it is the last release.
  package var release: String?

  package init(
    sweepID: String, base: GateBuild, candidate: GateBuild, policy: GatePolicy, seed: UInt64,
    series: [GateSeries], members: [GateMember], expected: Int,
    acceptances: GateAcceptances? = nil, release: String? = nil
  ) {
    self.sweepID = sweepID
    self.base = base
    self.candidate = candidate
    self.policy = policy
    self.seed = seed
    self.series = series
    self.members = members
    self.expected = expected
    self.acceptances = acceptances
    self.release = release
  }

  /// The metrics whose values its comparisons need, besides times.
  package var metricsCompared: Set<String> {
    Set(series.flatMap { $0.exact ?? [] }.map(\.metric)).union(members.compactMap(\.metric?.id))
  }

  package func member(_ id: String) -> GateMember? { members.first { $0.id == id } }
}

/// One of the two builds that a gate compares.
package struct GateBuild: Sendable, Hashable, Codable {
  /// As given on the command line: a revision or a path.
  package var reference: String
  /// The commit it stands for; nil for a program without sources.
  package var revision: String?
  package var buildID: String
  /// SHA-256 of the program, in hex.
  package var digest: String

  package init(reference: String, revision: String?, buildID: String, digest: String) {
    self.reference = reference
    self.revision = revision
    self.buildID = buildID
    self.digest = digest
  }
}
