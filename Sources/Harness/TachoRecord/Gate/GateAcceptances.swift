// SPDX-License-Identifier: Apache-2.0

/// The acceptances that a job of the gate found beside its suite, and what each did to the job.
package struct GateAcceptances: Sendable, Hashable, Codable {
  /// An entry of the file with what it covers in this job.
  package struct Entry: Sendable, Hashable, Codable {
    package var acceptance: GateAcceptance
    /// Its line in the file, from 1.
    package var line: Int
    /// From the day of the job to the last one on which it holds.
    package var daysLeft: Int
    /// Whether the base's file lacks it; nil where that file is not known.
    package var isNew: Bool?
    /// Members decided about what it speaks of, by id, with the margins that the suite gives them.
    package var members: [String: GateMargins] = [:]
    /// Series whose exact quantity may grow, by id, with the growth that the suite allows.
    package var counts: [String: Double] = [:]
    /// Names of groups that are judged without its points.
    package var leftOutOf: [String] = []

    package init(
      _ acceptance: GateAcceptance, line: Int, daysLeft: Int, isNew: Bool?
    ) {
      self.acceptance = acceptance
      self.line = line
      self.daysLeft = daysLeft
      self.isNew = isNew
    }
  }

  /// The file as the job names it.
  package var path: String
  /// All of it, so that the job's margins can be derived again from the store.
  package var text: String
  package var entries: [Entry]
  /// False where acceptances move no margins: in a comparison with a release, which is to show the sum.
  package var isApplied: Bool
  /// Why it is not known which entries the base has.
  package var baseUnknown: String?

  /// - Parameters:
  ///   - found: the file's entries with their lines.
  ///   - inBase: those of the base's file; nil where it is not known, with `baseUnknown`.
  package init(
    path: String, text: String, found: [(acceptance: GateAcceptance, line: Int)],
    inBase: [GateAcceptance]?, today: CalendarDay, isApplied: Bool = true,
    baseUnknown: String? = nil
  ) {
    self.path = path
    self.text = text
    self.isApplied = isApplied
    self.baseUnknown = baseUnknown
    entries = found.map { acceptance, line in
      Entry(
        acceptance, line: line, daysLeft: today.days(to: acceptance.expires),
        isNew: inBase.map { all in !all.contains { $0.isSame(acceptance) } })
    }
  }

  /// Whether an entry may move margins in this job: the base does not have it already.
  package func isInForce(_ entry: Entry) -> Bool { isApplied && entry.isNew != false }

  /// Moves the margins of the members that entries cover, and of nothing else.
  ///
  /// A group is judged without the points accepted: with them it would fail for what is accepted, and
  /// with wider margins hide what its other points share. It stays a member whatever is left of it, since
  /// the threshold of each member depends on how many there are.
  ///
  /// - Parameters:
  ///   - members: the job's, points with the names that patterns are held against.
  ///   - series: the job's, with what of them is compared exactly.
  package mutating func apply(to members: inout [GateMember], series all: inout [GateSeries]) {
    for index in entries.indices {
      let acceptance = entries[index].acceptance
      let applies = isInForce(entries[index])
      var accepted: Set<String> = []
      for point in members where point.role == .point && acceptance.covers(point: point.name) {
        let series = point.series
        for place in all.indices where series.contains(all[place].id) {
          // What has no budget fails by no change, so that there is nothing to accept.
          for number in (all[place].exact ?? []).indices {
            guard let quantity = all[place].exact?[number], let budget = quantity.budget,
              quantity.metric == acceptance.metric
            else { continue }
            entries[index].counts[all[place].id] = budget
            if applies { all[place].exact?[number].budget = max(budget, acceptance.share) }
          }
        }
        for other in members.indices
        where acceptance.speaks(of: members[other]) && members[other].series == series {
          guard let moved = acceptance.moved(members[other].margins) else { continue }
          entries[index].members[members[other].id] = members[other].margins
          guard applies else { continue }
          members[other].margins = moved
          members[other].accepted = acceptance.reason
          // Groups are of times.
          if acceptance.metric == nil { accepted.formUnion(series) }
        }
      }
      guard !accepted.isEmpty else { continue }
      for group in members.indices where members[group].role == .group {
        let left = members[group].series.filter { !accepted.contains($0) }
        guard left.count < members[group].series.count else { continue }
        members[group].series = left
        entries[index].leftOutOf.append(members[group].name)
      }
    }
  }
}
