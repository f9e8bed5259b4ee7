// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Foundation
package import TachoCatalog
package import TachoRecord

/// Describes this machine by what stays the same across reboots and runs, so that equal fingerprints
/// mean comparable numbers; what changes by the minute is `ConditionsProbe`'s.
package struct MachineProbe {
  private let files: SystemFiles
  private let probesCounters: Bool

  /// With a root of fake files only files are read: no counter is tried.
  package init(files: SystemFiles = SystemFiles(), probesCounters: Bool = true) {
    self.files = files
    self.probesCounters = probesCounters
  }

  /// The host's name is a label; it is not part of the identity.
  package func record() -> MachineRecord {
    MachineRecord(name: ProcessInfo.processInfo.hostName, facts: facts())
  }

  package func facts() -> [String: ConfigurationValue] {
    var facts = ProcessorFacts(files: files).facts()
    facts.merge(FrequencyFacts(files: files).facts()) { $1 }
    facts.merge(systemFacts()) { $1 }
    facts.merge(ContainerLimits(files: files).facts()) { $1 }
    facts.merge(KernelFacts(files: files).facts()) { $1 }
    if probesCounters {
      facts.merge(CounterFacts.facts()) { $1 }
      nameHypervisor(in: &facts)
    }
    return facts
  }

  private func systemFacts() -> [String: ConfigurationValue] {
    let nodes = files.names(in: "/sys/devices/system/node").filter {
      $0.hasPrefix("node") && Int($0.dropFirst(4)) != nil
    }
    return [
      "memory.total_mib": memoryTotal(),
      "numa.nodes": .int(max(nodes.count, 1)),
      "os.name": operatingSystem(),
    ]
  }

  /// What the processor itself says, where the firmware's tables name no product: `KVMKVMKVM`.
  private func nameHypervisor(in facts: inout [String: ConfigurationValue]) {
    var name = [CChar](repeating: 0, count: 13)
    guard facts["machine.hypervisor"] == "present", tacho_hypervisor(&name) != 0 else { return }
    let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    facts["machine.hypervisor"] = .string(String(decoding: bytes, as: UTF8.self))
  }

  /// Rounded to 128 MiB: what the kernel keeps for itself differs from boot to boot.
  private func memoryTotal() -> ConfigurationValue {
    for line in files.text("/proc/meminfo")?.split(separator: "\n") ?? []
    where line.hasPrefix("MemTotal:") {
      let words = line.split(separator: " ")
      guard words.count > 1, let kibibytes = Int(words[1]) else { break }
      return .int((kibibytes / 1024 + 64) / 128 * 128)
    }
    return .unavailable("no MemTotal in /proc/meminfo")
  }

  private func operatingSystem() -> ConfigurationValue {
    for line in files.text("/etc/os-release")?.split(separator: "\n") ?? []
    where line.hasPrefix("PRETTY_NAME=") {
      return .string(line.dropFirst(12).trimmingCharacters(in: CharacterSet(charactersIn: "\"'")))
    }
    return .unavailable("no PRETTY_NAME in /etc/os-release")
  }
}

extension ConfigurationValue {
  /// A fact that could not be had, with the reason in its place.
  static func unavailable(_ reason: String) -> ConfigurationValue {
    .string("unavailable: \(reason)")
  }
}
