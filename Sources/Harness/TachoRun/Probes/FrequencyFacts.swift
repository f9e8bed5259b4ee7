// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// How the processor's frequency is governed: settings, not the frequency of the moment.
struct FrequencyFacts {
  let files: SystemFiles
  private static let root = "/sys/devices/system/cpu"

  func facts() -> [String: ConfigurationValue] {
    [
      "cpufreq.governor": distinct("scaling_governor"),
      "cpufreq.driver": distinct("scaling_driver"),
      "cpufreq.turbo": turbo(),
    ]
  }

  /// The values over all processors: one word, or several where they differ.
  private func distinct(_ file: String) -> ConfigurationValue {
    let values = files.names(in: Self.root)
      .filter { $0.hasPrefix("cpu") && Int($0.dropFirst(3)) != nil }
      .compactMap { files.line("\(Self.root)/\($0)/cpufreq/\(file)") }
    guard !values.isEmpty else {
      return .unavailable("no cpufreq here (usual in a virtual machine)")
    }
    return .string(Set(values).sorted().joined(separator: ", "))
  }

  private func turbo() -> ConfigurationValue {
    if let off = files.integer("\(Self.root)/intel_pstate/no_turbo") { return .bool(off == 0) }
    if let boost = files.integer("\(Self.root)/cpufreq/boost") { return .bool(boost != 0) }
    return .unavailable("neither intel_pstate/no_turbo nor cpufreq/boost exists")
  }
}
