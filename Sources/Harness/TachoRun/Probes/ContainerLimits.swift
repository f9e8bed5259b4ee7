// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// What the control group allows: the tightest of this process's group and those above it.
struct ContainerLimits {
  let files: SystemFiles

  func facts() -> [String: ConfigurationValue] {
    [
      "cgroup.cpus": cpuQuota().map { .double($0) } ?? .string("no limit"),
      "cgroup.memory_mib": memoryLimit().map { .int($0 >> 20) } ?? .string("no limit"),
      "cgroup.cpuset": cpuset().map { .string($0) }
        ?? .unavailable("no cpuset controller for this process's group"),
    ]
  }

  /// Processors' worth of time per second.
  func cpuQuota() -> Double? {
    let unified = folders(controller: nil).compactMap { folder -> Double? in
      let words = files.line("\(folder)/cpu.max")?.split(separator: " ") ?? []
      guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) else {
        return nil
      }
      return period > 0 ? quota / period : nil
    }
    let legacy = folders(controller: "cpu").compactMap { folder -> Double? in
      guard let quota = files.integer("\(folder)/cpu.cfs_quota_us"), quota > 0,
        let period = files.integer("\(folder)/cpu.cfs_period_us"), period > 0
      else { return nil }
      return Double(quota) / Double(period)
    }
    return (unified + legacy).min()
  }

  /// The processors the group may use, as a list: the innermost group that says.
  func cpuset() -> String? {
    let unified = folders(controller: nil).map { "\($0)/cpuset.cpus.effective" }
    let legacy = folders(controller: "cpuset").map { "\($0)/cpuset.cpus" }
    return (legacy + unified).reversed().lazy.compactMap { files.line($0) }.first
  }

  /// Where the time is counted in which a quota stopped this process's group or one above it.
  ///
  /// Files, the key in them, and the units of a second; none without a quota.
  func throttling() -> [(path: String, key: String, perSecond: Double)] {
    let unified = folders(controller: nil).filter {
      files.line("\($0)/cpu.max").map { !$0.hasPrefix("max") } ?? false
    }.map { (path: "\($0)/cpu.stat", key: "throttled_usec", perSecond: 1e6) }
    let legacy = folders(controller: "cpu").filter {
      files.integer("\($0)/cpu.cfs_quota_us").map { $0 > 0 } ?? false
    }.map { (path: "\($0)/cpu.stat", key: "throttled_time", perSecond: 1e9) }
    return unified + legacy
  }

  func memoryLimit() -> Int? {
    let unified = folders(controller: nil).compactMap { files.integer("\($0)/memory.max") }
    let legacy = folders(controller: "memory")
      .compactMap { files.integer("\($0)/memory.limit_in_bytes") }
    // Version 1 writes "no limit" as nearly the largest integer.
    return (unified + legacy).filter { $0 < 1 << 60 }.min()
  }

  /// This process's group and all above it; nil names the unified hierarchy (version 2).
  private func folders(controller: String?) -> [String] {
    var group: Substring = "/"
    for line in files.text("/proc/self/cgroup")?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let names = parts[1].split(separator: ",")
      if controller.map({ names.contains(Substring($0)) }) ?? (parts[0] == "0") {
        group = parts[2]
      }
    }
    let mount = controller.map { "/sys/fs/cgroup/\($0)" } ?? "/sys/fs/cgroup"
    var path = mount
    return [mount]
      + group.split(separator: "/").prefix(64).map { name in
        path += "/\(name)"
        return path
      }
  }
}
