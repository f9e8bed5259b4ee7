// SPDX-License-Identifier: Apache-2.0

/// Whether a control group limits processor time.
enum QuotaCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let quota = ContainerLimits(files: patient.files).cpuQuota()
    guard let quota, quota < Double(patient.processors) else {
      return Finding("cpu quota", .ok, "none below the number of processors")
    }
    return Finding(
      "cpu quota", .major, "\(short(quota)) of \(patient.processors) processors",
      cost: "threads stand still for the rest of every period once the quota is used up",
      remedy: patient.isContainer
        ? .none("inside this container; start it without --cpus, or pin it with --cpuset-cpus")
        : .command("systemctl set-property --runtime UNIT CPUQuota=  (see cat /proc/self/cgroup)"))
  }
}
