// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// How the processor's frequency is governed: settings, not the frequency of the moment.
struct FrequencyFacts {
  let files: SystemFiles
  private static let root = "/sys/devices/system/cpu"

  func facts() -> [String: ConfigurationValue] {
    let missing = ConfigurationValue.unavailable("no cpufreq here (usual in a virtual machine)")
    return [
      "cpufreq.governor": governor.map { .string($0) } ?? missing,
      "cpufreq.driver": distinct("scaling_driver").map { .string($0) } ?? missing,
      "cpufreq.turbo": turbo.map { .bool($0) }
        ?? .unavailable("neither intel_pstate/no_turbo nor cpufreq/boost exists"),
    ]
  }

  var governor: String? { distinct("scaling_governor") }

  /// The values over all processors: one word, or several where they differ.
  private func distinct(_ file: String) -> String? {
    let values = files.names(in: Self.root)
      .filter { $0.hasPrefix("cpu") && Int($0.dropFirst(3)) != nil }
      .compactMap { files.line("\(Self.root)/\($0)/cpufreq/\(file)") }
    return values.isEmpty ? nil : Set(values).sorted().joined(separator: ", ")
  }

  /// Whether frequencies above the nominal one are used.
  var turbo: Bool? {
    if let off = files.integer("\(Self.root)/intel_pstate/no_turbo") { return off == 0 }
    return files.integer("\(Self.root)/cpufreq/boost").map { $0 != 0 }
  }
}
