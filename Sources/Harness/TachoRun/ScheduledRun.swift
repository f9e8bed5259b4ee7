// SPDX-License-Identifier: Apache-2.0
package import TachoPlan

/// One worker process to be: which point, and the how-manieth launch of it.
package struct ScheduledRun: Sendable, Hashable {
  package var planned: PlannedPoint
  package var launch: Int

  package init(_ planned: PlannedPoint, launch: Int) {
    self.planned = planned
    self.launch = launch
  }

  /// Every launch of a plan as complete blocks: all points' first launches in order, then all second.
  package static func blocks(of plan: Plan) -> [ScheduledRun] {
    let most = plan.points.map(\.launches).max() ?? 0
    return (0..<max(most, 1)).flatMap { launch in
      // A skipped point is one row, however many launches it asked for.
      plan.points.filter { launch < $0.launches || launch == 0 }
        .filter { launch == 0 || $0.skip == nil }
        .map { ScheduledRun($0, launch: launch) }
    }
  }
}
