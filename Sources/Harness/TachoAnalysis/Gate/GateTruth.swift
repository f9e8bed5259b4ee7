// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// How far apart two points really are, from a long run of both that has nothing of a gate: many launches
/// of each, in an order drawn over the whole run.
package struct GateTruth: Sendable {
  /// Seconds per call of every launch, by point.
  private let launches: [String: [[Double]]]

  package init(_ sweep: ResultSet.Sweep) {
    var launches: [String: [[Double]]] = [:]
    for run in sweep.runs where run.record.status == .completed {
      let seconds = SampleSelection.counted([run]).joined().map(\.observation.secondsPerCall)
      if !seconds.isEmpty { launches[run.record.point.id, default: []].append(seconds) }
    }
    self.launches = launches
  }

  package func launchCount(of pointID: String) -> Int { launches[pointID]?.count ?? 0 }

  /// ln(candidate / base) with its 95% interval: the shift between launches' statistics (Hodges and
  /// Lehmann). 0 for a point and itself, whatever was measured; nil when one was not measured.
  package func shift(
    from base: String, to candidate: String, _ statistic: GateStatistic
  ) -> (estimate: Double, interval: ClosedRange<Double>?)? {
    if base == candidate { return (0, 0...0) }
    func logarithms(_ point: String) -> [Double] {
      (launches[point] ?? []).compactMap { statistic.value(of: $0) }.filter { $0 > 0 }.map {
        log($0)
      }
    }
    guard
      let shift = HodgesLehmann(shiftFrom: logarithms(base), to: logarithms(candidate))
    else { return nil }
    return (shift.estimate, shift.interval)
  }
}
