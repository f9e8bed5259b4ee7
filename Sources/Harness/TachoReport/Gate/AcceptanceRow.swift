// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// An accepted slowdown as reports show it: what it allows, until when, and whether the job needed it.
package struct AcceptanceRow: Sendable {
  package let entry: GateAcceptances.Entry
  package let need: GateAcceptances.Need
  /// Whether acceptances moved margins in this job at all.
  let isApplied: Bool

  private var acceptance: GateAcceptance { entry.acceptance }

  /// `decode *`, and of which quantity, unless it is the time.
  package var name: String {
    acceptance.point + (acceptance.metric.map { ", \($0)" } ?? "")
  }

  /// `decode *: up to 6% until 2027-01-31 (70 days left), new in this change: checks of bounds`.
  package var title: String {
    let against = acceptance.base.map { ", accepted against \($0)" } ?? ""
    let new = entry.isNew == true ? ", new in this change" : ""
    return "\(name): up to \(GateText.margin(acceptance.share)) \(until)\(new)\(against): "
      + acceptance.reason
  }

  /// `until 2027-01-31 (70 days left)`.
  var until: String {
    let days = entry.daysLeft == 0 ? "the last day" : Plural.of(entry.daysLeft, "day") + " left"
    return "until \(acceptance.expires) (\(days))"
  }

  /// Whether a person should take it out of the file.
  package var isUnused: Bool { need == .unneeded || need == .inBase }

  /// What it did and what is to be done, in a sentence.
  package var status: String {
    switch need {
    case .needed:
      return isApplied ? "in force" : "not in force against a release"
    case .unneeded:
      return "not needed: all that it covers is within the suite's own margins; \(removal)"
    case .inBase:
      return "without effect: the base has the line already, and with it the slowdown; \(removal)"
    case .unknown:
      return
        "whether it is needed is unavailable, because too little of what it covers was measured"
    }
  }

  private var removal: String {
    "remove it: tacho accept --remove '\(acceptance.point)'"
      + (acceptance.metric.map { " --metric \($0)" } ?? "")
  }
}

extension GateSummary {
  /// The accepted slowdowns beside the suite, in the file's order.
  package var acceptances: [AcceptanceRow] {
    guard let acceptances = result.record.acceptances else { return [] }
    return acceptances.entries.map { entry in
      AcceptanceRow(entry: entry, need: result.need(of: entry), isApplied: acceptances.isApplied)
    }
  }

  /// What has to be known of the comparison besides its members, a sentence each.
  var comparisonNotes: [String] {
    var notes: [String] = []
    let acceptances = result.record.acceptances
    if let release = result.record.release {
      let applied =
        acceptances == nil
        ? ""
        : acceptances?.isApplied == true
          ? "; what was accepted since passes" : "; what was accepted since moves no margin here"
      notes.append(
        "compared with the last release, \(release), where slips that were each tolerated add up"
          + applied)
    }
    if let why = acceptances?.baseUnknown {
      notes.append("which acceptances are new in this change is unavailable, because \(why)")
    }
    let groups = acceptances?.entries.flatMap { entry in
      entry.leftOutOf.isEmpty
        ? [] : ["\(entry.leftOutOf.joined(separator: ", ")) without \(entry.acceptance.point)"]
    }
    if let groups, !groups.isEmpty {
      notes.append("groups are judged without accepted points: \(groups.joined(separator: "; "))")
    }
    return notes
  }
}

extension GateRow {
  /// `up to 6% until 2027-01-31 (70 days left): checks of bounds`; nil where nothing was accepted.
  var acceptedText: String? {
    guard let reason = member.accepted else { return nil }
    let until = acceptance.map {
      " " + AcceptanceRow(entry: $0, need: .unknown, isApplied: true).until
    }
    return "up to \(GateText.margin(member.margins.tolerated))\(until ?? ""): \(reason)"
  }
}
