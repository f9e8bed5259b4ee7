// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// What the kernel was told at its start and since: settings that hold until somebody changes them.
struct KernelFacts {
  let files: SystemFiles

  /// Boot parameters that change what is measured; others name disks and consoles.
  private static let parameters: Set<String> = [
    "mitigations", "spectre_v2", "spec_store_bypass_disable", "l1tf", "mds", "tsx", "nosmt",
    "isolcpus", "nohz", "nohz_full", "rcu_nocbs", "irqaffinity", "intel_pstate", "amd_pstate",
    "intel_idle.max_cstate", "processor.max_cstate", "idle", "cpuidle.off", "preempt", "tsc",
    "clocksource", "transparent_hugepage", "hugepages", "hugepagesz", "default_hugepagesz",
    "numa_balancing", "numa", "maxcpus", "nr_cpus", "mem", "psi", "threadirqs",
  ]

  func facts() -> [String: ConfigurationValue] {
    [
      "kernel.release": text("/proc/sys/kernel/osrelease"),
      "kernel.boot_parameters": bootParameters(),
      "kernel.mitigations": mitigations(),
      "kernel.transparent_hugepages": selected("/sys/kernel/mm/transparent_hugepage/enabled"),
      "kernel.transparent_hugepage_defrag": selected(
        "/sys/kernel/mm/transparent_hugepage/defrag"),
      "kernel.reserved_hugepages": text("/proc/sys/vm/nr_hugepages"),
      "kernel.numa_balancing": text("/proc/sys/kernel/numa_balancing"),
      "kernel.aslr": text("/proc/sys/kernel/randomize_va_space"),
      "kernel.perf_event_paranoid": text("/proc/sys/kernel/perf_event_paranoid"),
      "kernel.clocksource": text(
        "/sys/devices/system/clocksource/clocksource0/current_clocksource"),
    ]
  }

  private func bootParameters() -> ConfigurationValue {
    guard let line = files.line("/proc/cmdline") else {
      return .unavailable("cannot read /proc/cmdline")
    }
    let known = line.split(separator: " ").filter { word in
      Self.parameters.contains(String(word.prefix { $0 != "=" }))
    }
    return .array(known.map { .string(String($0)) })
  }

  /// `spectre_v2: Mitigation; Retpolines`, without the flaws this processor does not have.
  private func mitigations() -> ConfigurationValue {
    let folder = "/sys/devices/system/cpu/vulnerabilities"
    let states = files.names(in: folder).compactMap { name in
      files.line("\(folder)/\(name)").map { (name: name, state: $0) }
    }
    guard !states.isEmpty else { return .unavailable("cannot read \(folder)") }
    return .array(
      states.filter { !$0.state.hasPrefix("Not affected") }
        .map { .string("\($0.name): \($0.state)") })
  }

  private func text(_ path: String) -> ConfigurationValue {
    files.line(path).map { .string($0) } ?? .unavailable("cannot read \(path)")
  }

  /// The bracketed word of `always [madvise] never`.
  private func selected(_ path: String) -> ConfigurationValue {
    files.selectedWord(path).map { .string($0) } ?? .unavailable("cannot read \(path)")
  }
}
