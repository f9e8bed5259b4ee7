// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// Where the two sides of a gate's series come from.
package struct GateArms {
  package let base: PairSession.Arm
  package let candidate: PairSession.Arm

  package init(base: PairSession.Arm, candidate: PairSession.Arm) {
    self.base = base
    self.candidate = candidate
  }
}

/// Builds of the same two contents with another layout, or why there are none.
package enum GateRelink {
  case arms([String: GateArms], remark: String)
  case unavailable(String)
}
