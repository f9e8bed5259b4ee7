// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// The state of the machine at one moment: recorded as an event when a sweep starts, never part of
/// the machine's identity.
package struct ConditionsProbe {
  private let files: SystemFiles

  package init(files: SystemFiles = SystemFiles()) {
    self.files = files
  }

  package func facts() -> [String: ConfigurationValue] {
    let reader = ProcEnvironmentReader(files: files)
    var facts: [String: ConfigurationValue] = [
      "load_average": files.line("/proc/loadavg").map { line in
        .array(line.split(separator: " ").prefix(3).compactMap { Double($0).map { .double($0) } })
      } ?? .unavailable("cannot read /proc/loadavg"),
      "memory.available_mib": meminfo("MemAvailable"),
      "swap.total_mib": meminfo("SwapTotal"),
      "swap.free_mib": meminfo("SwapFree"),
      "steal_seconds_since_boot": reader.stealSeconds().map { .double($0) }
        ?? .unavailable("no steal in /proc/stat"),
      "cpu.mhz": frequency(),
      "cpu.allowed": allowedProcessors(),
    ]
    for resource in ["cpu", "memory", "io"] {
      facts["pressure.\(resource)"] = pressure(resource)
    }
    return facts
  }

  private func meminfo(_ name: String) -> ConfigurationValue {
    for line in files.text("/proc/meminfo")?.split(separator: "\n") ?? []
    where line.hasPrefix(name + ":") {
      let words = line.split(separator: " ")
      if words.count > 1, let kibibytes = Int(words[1]) { return .int(kibibytes / 1024) }
    }
    return .unavailable("no \(name) in /proc/meminfo")
  }

  /// The first processor's, as far as the kernel says.
  private func frequency() -> ConfigurationValue {
    let path = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq"
    if let kilohertz = files.integer(path) { return .double(Double(kilohertz) / 1000) }
    for line in files.text("/proc/cpuinfo")?.split(separator: "\n") ?? []
    where line.hasPrefix("cpu MHz") {
      if let value = line.split(separator: " ").last.flatMap({ Double($0) }) {
        return .double(value)
      }
    }
    return .unavailable("neither scaling_cur_freq nor 'cpu MHz'")
  }

  private func allowedProcessors() -> ConfigurationValue {
    for line in files.text("/proc/self/status")?.split(separator: "\n") ?? []
    where line.hasPrefix("Cpus_allowed_list:") {
      let list = line.split(whereSeparator: \.isWhitespace).last
      if let list { return .string(String(list)) }
    }
    return .unavailable("no Cpus_allowed_list in /proc/self/status")
  }

  /// `avg10` of the "some" line: percent of the last 10 s.
  private func pressure(_ resource: String) -> ConfigurationValue {
    for word in files.text("/proc/pressure/\(resource)")?.split(separator: " ") ?? []
    where word.hasPrefix("avg10=") {
      if let value = Double(word.dropFirst(6)) { return .double(value) }
    }
    return .unavailable("no pressure information for \(resource)")
  }
}
