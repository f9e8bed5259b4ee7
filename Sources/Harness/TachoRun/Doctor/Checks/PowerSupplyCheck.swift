// SPDX-License-Identifier: Apache-2.0

/// Whether a laptop runs on its battery.
enum PowerSupplyCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let folder = "/sys/class/power_supply"
    let mains = patient.files.names(in: folder).filter {
      patient.files.line("\(folder)/\($0)/type") == "Mains"
    }
    guard !mains.isEmpty, mains.allSatisfy({ patient.files.line("\(folder)/\($0)/online") == "0" })
    else { return Finding("power supply", .ok, mains.isEmpty ? "no battery" : "mains") }
    return Finding(
      "power supply", .major, "battery", cost: "the processor is held to lower frequencies",
      remedy: .none("by a command: plug it in"))
  }
}
