// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// A member of the gate that a bisection follows, with margins made of the change that it looks for.
///
/// A suite's margins ask whether a change matters. Here it is known that it does, and the question is on
/// which side of it a revision lies: so a quarter of the change is tolerated, and three quarters must not
/// pass. Without the change a revision is as far from the one margin as one with it is from the other.
package struct BisectMember: Sendable, Hashable, Codable {
  /// Points or tails that are followed at most: fewer than would make a group.
  package static let most = GateMember.fewestInGroup - 1

  package var role: GateMember.Role
  package var name: String
  /// Identities of the points it is decided from.
  package var points: [String]
  /// ln of the change between the ends, above 0 in the direction looked for.
  package var change: Double
  /// What it is judged by where that is not the time of a call.
  package var metric: String?

  package init(
    role: GateMember.Role, name: String, points: [String], change: Double, metric: String? = nil
  ) {
    self.role = role
    self.name = name
    self.points = points
    self.change = change
    self.metric = metric
  }

  package var margins: GateMargins {
    // Margins end at ten times the time.
    let change = min(max(change, 1e-4), 2.5)
    return GateMargins(tolerated: expm1(change / 4), mustNotPass: expm1(change * 3 / 4))
  }

  /// What to follow of a job that failed: its clearest points; where no point failed tails, else a group.
  ///
  /// The change is the smaller of what the job and its confirmation in another layout saw.
  package static func chosen(from result: GateResult) -> [BisectMember] {
    for role in [GateMember.Role.point, .metric, .tail, .group] {
      let failed = result.judged.filter { $0.member.role == role && $0.decision.verdict == .fail }
      guard !failed.isEmpty else { continue }
      let clearest = failed.sorted { a, b in
        let left = a.decision.low ?? a.decision.shift ?? 0
        let right = b.decision.low ?? b.decision.shift ?? 0
        return left == right ? a.member.name < b.member.name : left > right
      }
      return clearest.prefix(role == .group ? 1 : most).map { member, decision in
        let again = result.confirmations.first { $0.memberID == member.id }?.shift
        let shifts = [decision.shift, again].compactMap { $0 }.filter { $0 > 0 }
        return BisectMember(
          role: role, name: member.name, points: points(of: member, in: result.record),
          change: shifts.min() ?? member.margins.mustNotPassLog, metric: member.metric?.id)
      }
    }
    return []
  }

  /// Whether a member of a job over fewer points is this one: by what it is decided from, since ids and the
  /// names of groups follow the points that are left.
  func isSame(_ member: GateMember, in record: GateRecord) -> Bool {
    member.role == role && Set(Self.points(of: member, in: record)) == Set(points)
      && (role == .group || member.name == name)
  }

  private static func points(of member: GateMember, in record: GateRecord) -> [String] {
    member.series.compactMap { id in record.series.first { $0.id == id }?.pointID }
  }
}
