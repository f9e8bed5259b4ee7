// SPDX-License-Identifier: Apache-2.0

/// How many processes the kernel has killed for memory, on this machine or in this container.
enum KernelKills {
  static func count(_ files: SystemFiles = SystemFiles()) -> Int {
    // The first has memory-group kills too; it lacks the line before Linux 4.13.
    if let kills = value(of: "oom_kill", in: files.text("/proc/vmstat")) { return kills }
    return value(of: "oom_kill", in: files.text("/sys/fs/cgroup/memory.events")) ?? 0
  }

  private static func value(of key: String, in text: String?) -> Int? {
    for line in text?.split(separator: "\n") ?? [] {
      let words = line.split(separator: " ")
      if words.count == 2, words[0] == key { return Int(words[1]) }
    }
    return nil
  }
}
