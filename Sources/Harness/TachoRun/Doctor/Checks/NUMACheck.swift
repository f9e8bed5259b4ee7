// SPDX-License-Identifier: Apache-2.0

/// Whether memory is nearer to some processors than to others.
enum NUMACheck: DoctorCheck {
  static func examine(_ patient: Examination) -> Finding {
    let nodes = patient.files.names(in: "/sys/devices/system/node").count {
      $0.hasPrefix("node") && Int($0.dropFirst(4)) != nil
    }
    guard nodes > 1 else { return Finding("numa", .ok, "one node") }
    let balancing = patient.files.line("/proc/sys/kernel/numa_balancing") ?? "0"
    return Finding(
      "numa", .minor, "\(nodes) nodes" + (balancing == "0" ? "" : ", automatic balancing on"),
      cost: "bandwidth depends on where the weights happen to lie"
        + (balancing == "0" ? "" : ", and the kernel moves them while they are read"),
      remedy: .command("numactl --cpunodebind=0 --membind=0 tacho run ..."))
  }
}
