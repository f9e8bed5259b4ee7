// SPDX-License-Identifier: Apache-2.0
import TachoPlan
import TachoRecord

/// Says what a plan will run and how long that may take.
enum PlanPreview {
  static func show(_ plan: Plan, estimate: TimeEstimate, everyPoint: Bool) {
    let shares = estimate.shares.compactMap { $0 }
    let launches = plan.points.reduce(0) { $0 + ($1.skip == nil ? $1.launches : 0) }
    let skipped = plan.points.count { $0.skip != nil }
    let assumed = shares.count { !$0.isMeasured }
    StoreOptions.note(
      "\(plan.suite): \(counted(plan.points.count, "point")), "
        + counted(launches, "worker process", plural: "worker processes")
        + (skipped > 0 ? ", \(skipped) skipped" : "") + ", about "
        + duration(shares.reduce(0) { $0 + $1.likely }) + " (at most "
        + duration(shares.reduce(0) { $0 + $1.most }) + ")"
        + (assumed > 0
          ? "; \(counted(assumed, "point")) never measured here, with assumed times" : "")
    )
    guard everyPoint else { return }
    for (planned, share) in zip(plan.points, estimate.shares) {
      var line = "  \(planned.point.benchmark)  \(planned.point.label)"
      if let skip = planned.skip {
        line += "  skipped: \(skip)"
      } else if let share {
        line += "  \(duration(share.likely))" + (share.isMeasured ? "" : " assumed")
      }
      print(line)
    }
  }

  private static func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
    "\(count) " + (count == 1 ? noun : plural ?? noun + "s")
  }

  /// `45 s`, `12 min`, `3.5 h`.
  static func duration(_ seconds: Double) -> String {
    switch seconds {
    case ..<90: return "\(Int(seconds.rounded(.up))) s"
    case ..<5400: return "\(Int((seconds / 60).rounded(.up))) min"
    case ..<1e7: return "\((seconds / 360).rounded() / 10) h"
    default: return "no limit"
    }
  }
}
