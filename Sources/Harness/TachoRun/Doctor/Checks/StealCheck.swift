// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// Time that other guests of the host took while nothing was measured.
enum StealCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard let watch = patient.watch, watch.wallSeconds > 0, let steal = watch.stealSeconds else {
      return Finding("steal", .unknown, "not watched")
    }
    let share = steal / watch.wallSeconds
    let observed = "\(percent(share)) of \(short(watch.wallSeconds)) s"
    guard share > EnvironmentSentinel.stealLimit else { return Finding("steal", .ok, observed) }
    return Finding(
      "steal", share > 0.1 ? .severe : .major, observed,
      cost: "the host runs other guests in this one's time",
      remedy: .none("inside this virtual machine: it takes processors of its own on the host"))
  }
}
