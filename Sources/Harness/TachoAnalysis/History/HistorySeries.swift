// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// One metric of one point on one machine over the builds of a project: one value per build, in their order.
package struct HistorySeries: Sendable {
  /// What values are measured against.
  package enum Basis: Sendable, Hashable {
    /// A reference build measured in the same job, by its name: ln(build / reference).
    case reference(String)
    /// Nothing: ln of the figure of that day. The machine's changes are in it too.
    case absolute
    /// As read from a file.
    case given
  }

  /// One build's value.
  package struct Value: Sendable, Hashable {
    package let build: HistoryBuild
    /// When it was measured, as the store has it.
    package let date: String?
    /// A logarithm.
    package let value: Double
    /// 95%; nil where there was too little to say.
    package let interval: ClosedRange<Double>?

    package init(
      build: HistoryBuild, date: String?, value: Double, interval: ClosedRange<Double>?
    ) {
      self.build = build
      self.date = date
      self.value = value
      self.interval = interval
    }
  }

  /// Where values begin to be measured against another reference, tied to the one before by a job that
  /// measured both.
  package struct Link: Sendable, Hashable {
    /// The first value after it.
    package let index: Int
    /// Half the interval of ln(new reference / old one): a step up to this size may be the tie's.
    package let uncertainty: Double
  }

  /// What makes it this series and no other; results depend on it and on the values only.
  package let identity: String
  package let suite: String?
  /// The suite's file as it was last run, where that is known.
  package let suiteFile: String?
  package let name: String
  /// What options that choose points call it; nil for one that is no point of a suite.
  package let point: String?
  package let metric: Metric?
  package let machine: String?
  package let basis: Basis
  package let values: [Value]
  package let links: [Link]

  package init(
    identity: String, suite: String? = nil, suiteFile: String? = nil, name: String,
    point: String? = nil, metric: Metric? = nil, machine: String? = nil, basis: Basis,
    values: [Value],
    links: [Link] = []
  ) {
    self.identity = identity
    self.suite = suite
    self.suiteFile = suiteFile
    self.name = name
    self.point = point
    self.metric = metric
    self.machine = machine
    self.basis = basis
    self.values = values
    self.links = links
  }

  /// The change points, by these rules; near a link a step must exceed the link's uncertainty.
  package func changes(by rules: RankEDivisive) -> SeriesChanges {
    rules.changes(in: values.map(\.value), identity: identity) { index in
      links.filter { abs($0.index - index) < rules.minimumSegment }.map(\.uncertainty).max() ?? 0
    }
  }
}

/// A build in a history.
package struct HistoryBuild: Sendable, Hashable {
  /// Tells builds apart: the revision where the sources were those of it, else the build's own id.
  package let id: String
  /// What `git` knows it by; nil for one made of changed sources or outside a checkout.
  package let revision: String?

  package init(id: String, revision: String?) {
    self.id = id
    self.revision = revision
  }

  /// Seven digits of a revision, like git's; other names as they are.
  package var name: String {
    revision.map { isHash($0) ? String($0.prefix(7)) : $0 } ?? id
  }

  private func isHash(_ text: String) -> Bool {
    text.utf8.count >= 40 && text.utf8.allSatisfy { Character(UnicodeScalar($0)).isHexDigit }
  }
}
