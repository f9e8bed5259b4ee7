// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The small files of /sys and /proc that tell of processors, below a root.
struct ProcessorFiles {
  let root: String

  static func folder(_ processor: Int) -> String { "/sys/devices/system/cpu/cpu\(processor)" }

  /// The text of a file up to 1 MiB; nil when it cannot be read.
  func text(_ path: String) -> String? {
    guard let file = fopen(root + path, "re") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count < 1 << 20 {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  func integer(_ path: String) -> Int? {
    text(path).flatMap { Int($0.filter { !$0.isWhitespace }) }
  }

  func list(_ path: String) -> [Int]? { text(path).flatMap(ProcessorList.parse) }

  /// Processors that the calling thread may run on: its mask within the control group's cpuset (proc(5)).
  func allowed() -> [Int]? {
    guard let status = text("/proc/thread-self/status") ?? text("/proc/self/status") else {
      return nil
    }
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
    guard let text = line?.split(separator: ":", maxSplits: 1).last,
      let processors = ProcessorList.parse(String(text))
    else { return nil }
    guard let online = list("/sys/devices/system/cpu/online") else { return processors }
    return processors.filter(Set(online).contains)
  }

  /// The NUMA node of each processor.
  func nodes() -> [Int: Int] {
    var nodes: [Int: Int] = [:]
    for node in list("/sys/devices/system/node/online") ?? [] {
      for processor in list("/sys/devices/system/node/node\(node)/cpulist") ?? [] {
        nodes[processor] = node
      }
    }
    return nodes
  }

  /// A name of the largest cache that a processor shares with others, or has for itself.
  func lastLevelCache(of processor: Int) -> String? {
    var found: (level: Int, shared: [Int])?
    for index in 0..<16 {
      let cache = "\(Self.folder(processor))/cache/index\(index)"
      guard let level = integer("\(cache)/level") else { break }
      guard let shared = list("\(cache)/shared_cpu_list"), !shared.isEmpty,
        level > found?.level ?? 0
      else { continue }
      found = (level, shared)
    }
    return found.map { "L\($0.level) of \(ProcessorList.text($0.shared))" }
  }

  /// Processors of the slower kind: Intel's hybrid processors name them, others have a capacity.
  func efficiencyProcessors(share: Double, among processors: [Int]) -> Set<Int> {
    if let atom = list("/sys/devices/cpu_atom/cpus"), list("/sys/devices/cpu_core/cpus") != nil {
      return Set(atom)
    }
    let capacities = processors.map { ($0, integer("\(Self.folder($0))/cpu_capacity") ?? 0) }
    let most = capacities.map(\.1).max() ?? 0
    return Set(capacities.filter { Double($0.1) < share * Double(most) }.map(\.0))
  }
}
