// SPDX-License-Identifier: Apache-2.0

/// Whether the machine is shared with others unseen.
enum VirtualMachineCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    guard patient.isVirtual else { return Finding("virtual machine", .ok, "no hypervisor seen") }
    return Finding(
      "virtual machine", .minor, "yes",
      cost: "caches, memory bandwidth and frequency are shared with neighbours that leave no trace",
      remedy: .none(
        "inside this virtual machine: measure on bare metal, or interleave what is compared"))
  }
}
