// SPDX-License-Identifier: Apache-2.0
import TachoPlan
package import TachoRecord

/// Where the two sides of a gate's series come from.
package struct GateArms {
  package let base: PairSession.Arm
  package let candidate: PairSession.Arm
  /// What counts the work of each side's build apart from its time.
  package let instruments: [PairSide: any PointInstrument]

  package init(
    base: PairSession.Arm, candidate: PairSession.Arm,
    instruments: [PairSide: any PointInstrument] = [:]
  ) {
    self.base = base
    self.candidate = candidate
    self.instruments = instruments
  }

  package func arm(_ side: PairSide) -> PairSession.Arm { side == .base ? base : candidate }

  /// The same two with another way of measuring.
  func changing(_ change: (inout MeasurementPolicy) -> Void) -> GateArms {
    func changed(_ arm: PairSession.Arm) -> PairSession.Arm {
      var planned = arm.planned
      change(&planned.policy)
      return PairSession.Arm(planned: planned, workers: arm.workers, build: arm.build)
    }
    return GateArms(base: changed(base), candidate: changed(candidate), instruments: instruments)
  }
}

/// Builds of the same two contents with another layout, or why there are none.
package enum GateRelink {
  case arms([String: GateArms], remark: String)
  case unavailable(String)
}
