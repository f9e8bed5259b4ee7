// SPDX-License-Identifier: Apache-2.0

/// Whether energy can be read.
enum EnergyCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let folder = "/sys/class/powercap"
    let zones = patient.files.names(in: folder).filter {
      $0.hasPrefix("intel-rapl:") || $0.hasPrefix("amd-rapl:")
    }
    guard let zone = zones.first else {
      return Finding(
        "energy", .note, "no RAPL zone", cost: "no joules beside the times",
        remedy: patient.isVirtual
          ? .none("inside this virtual machine: the host does not show its meter") : nil)
    }
    guard patient.files.integer("\(folder)/\(zone)/energy_uj") != nil else {
      return Finding(
        "energy", .note, "\(zone)/energy_uj cannot be read", cost: "no joules beside the times",
        remedy: patient.inKernel("sudo chmod -R a+r \(folder)/\(zone)/energy_uj"))
    }
    return Finding("energy", .ok, zone)
  }
}
