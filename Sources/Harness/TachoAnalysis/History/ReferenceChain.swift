// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// Turns measurements against pinned references into series.
///
/// When the reference is replaced, one job measures the new one against the old: that ratio carries the values
/// after it over to the first reference, with the uncertainty of both. References that no job tied together
/// make separate series.
package enum ReferenceChain {
  /// In the order of the subjects' first measurement; builds in the order of theirs, which is the
  /// caller's: first-parent order of the commits.
  ///
  /// Values count from `root` where they can, else from the first reference.
  package static func series(
    of measurements: [HistoryMeasurement], root: HistoryBuild? = nil
  ) -> [HistorySeries] {
    var subjects: [HistoryMeasurement.Subject] = []
    var grouped: [HistoryMeasurement.Subject: [HistoryMeasurement]] = [:]
    for one in measurements where one.shift.isFinite {
      if grouped[one.subject] == nil { subjects.append(one.subject) }
      grouped[one.subject, default: []].append(one)
    }
    return subjects.flatMap { series(of: $0, grouped[$0] ?? [], root) }
  }

  /// ln(a reference / the first of its chain).
  private struct Tie {
    let root: HistoryBuild
    let offset: Double
    let halfWidth: Double
  }

  private static func series(
    of subject: HistoryMeasurement.Subject, _ measurements: [HistoryMeasurement],
    _ wanted: HistoryBuild?
  ) -> [HistorySeries] {
    let ties = ties(of: measurements, wanted)
    var roots: [HistoryBuild] = []
    for one in measurements {
      if let root = ties[one.reference]?.root, !roots.contains(root) { roots.append(root) }
    }
    return roots.map { root in
      let members = measurements.compactMap { one -> (HistoryMeasurement, Tie)? in
        guard let tie = ties[one.reference], tie.root == root else { return nil }
        return (one, tie)
      }
      return chained(members, subject: subject, root: root)
    }
  }

  /// Each reference tied to the earliest it can be reached from, over the narrowest ratio of each pair.
  private static func ties(
    of measurements: [HistoryMeasurement], _ wanted: HistoryBuild?
  ) -> [HistoryBuild: Tie] {
    var references =
      measurements.contains { $0.reference == wanted } ? [wanted].compactMap { $0 } : []
    for one in measurements where !references.contains(one.reference) {
      references.append(one.reference)
    }
    let overlaps = measurements.filter { references.contains($0.build) && $0.build != $0.reference }
      .enumerated().sorted {
        ($0.element.halfWidth ?? .infinity, $0.offset)
          < ($1.element.halfWidth ?? .infinity, $1.offset)
      }.map(\.element)
    var ties: [HistoryBuild: Tie] = [:]
    for root in references where ties[root] == nil {
      ties[root] = Tie(root: root, offset: 0, halfWidth: 0)
      var reached = [root]
      while let from = reached.first, let tie = ties[from] {
        reached.removeFirst()
        for one in overlaps {
          let (next, shift) =
            one.reference == from
            ? (one.build, one.shift) : one.build == from ? (one.reference, -one.shift) : (from, 0)
          guard ties[next] == nil else { continue }
          ties[next] = Tie(
            root: root, offset: tie.offset + shift,
            halfWidth: tie.halfWidth + (one.halfWidth ?? 0))
          reached.append(next)
        }
      }
    }
    return ties
  }

  private static func chained(
    _ members: [(one: HistoryMeasurement, tie: Tie)], subject: HistoryMeasurement.Subject,
    root: HistoryBuild
  ) -> HistorySeries {
    var builds: [HistoryBuild] = []
    var best: [HistoryBuild: (one: HistoryMeasurement, tie: Tie)] = [:]
    for member in members {
      guard let other = best[member.one.build] else {
        builds.append(member.one.build)
        best[member.one.build] = member
        continue
      }
      // A build measured twice: against the reference with the shorter chain, then more precisely.
      let mine = (member.tie.halfWidth, member.one.halfWidth ?? .infinity)
      let theirs = (other.tie.halfWidth, other.one.halfWidth ?? .infinity)
      if mine < theirs { best[member.one.build] = member }
    }
    var links: [HistorySeries.Link] = []
    var last: (reference: HistoryBuild, halfWidth: Double)?
    let values = builds.enumerated().compactMap { index, build -> HistorySeries.Value? in
      guard let (one, tie) = best[build] else { return nil }
      if let last, last.reference != one.reference {
        links.append(
          HistorySeries.Link(index: index, uncertainty: abs(tie.halfWidth - last.halfWidth)))
      }
      last = (one.reference, tie.halfWidth)
      let interval = one.interval.map {
        ($0.lowerBound + tie.offset - tie.halfWidth)...($0.upperBound + tie.offset + tie.halfWidth)
      }
      return HistorySeries.Value(
        build: build, date: one.date, value: one.shift + tie.offset, interval: interval)
    }
    return HistorySeries(
      identity: [subject.suite, subject.point, subject.metric.id, subject.machine, root.id]
        .joined(separator: "\n"),
      suite: subject.suite, suiteFile: members.last { $0.one.suiteFile != nil }?.one.suiteFile,
      name: subject.name, point: subject.name, metric: subject.metric,
      machine: subject.machineName, basis: .reference(root.name), values: values, links: links)
  }
}

extension HistoryMeasurement {
  /// Half the interval's width; nil without one.
  fileprivate var halfWidth: Double? { interval.map { ($0.upperBound - $0.lowerBound) / 2 } }
}
