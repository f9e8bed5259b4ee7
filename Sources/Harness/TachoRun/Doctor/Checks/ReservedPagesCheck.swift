// SPDX-License-Identifier: Apache-2.0

/// Whether memory is set aside that nobody uses.
enum ReservedPagesCheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let pages = patient.files.integer("/proc/sys/vm/nr_hugepages")
    guard let pages else {
      return Finding("reserved huge pages", .unknown, "cannot read /proc/sys/vm/nr_hugepages")
    }
    guard pages > 0 else { return Finding("reserved huge pages", .ok, "none") }
    return Finding(
      "reserved huge pages", .note, "\(pages)",
      cost: "that memory is lost to Tacho, which takes transparent ones",
      remedy: patient.inKernel("sudo sysctl vm.nr_hugepages=0"))
  }
}
