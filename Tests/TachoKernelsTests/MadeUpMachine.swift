// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels

/// A machine's processors as files of /sys and /proc below a temporary root.
struct MadeUpMachine {
  /// One core: its hardware threads, and what it shares.
  struct Core {
    var threads: [Int]
    var cache: Int
    var node = 0
    var package = 0
    var capacity: Int?
  }

  var cores: [Core]
  /// The list of /proc/thread-self/status; nil for all.
  var allowed: String?
  /// Intel's hybrid processors name their two kinds.
  var performance: String?
  var efficiency: String?
  var showsCaches = true

  var files: [String: String] {
    let all = cores.flatMap(\.threads)
    let list = ProcessorList.text(all)
    var files = [
      "proc/thread-self/status":
        "Name:\tx\nCpus_allowed:\tffff\nCpus_allowed_list:\t\(allowed ?? list)\n",
      "sys/devices/system/cpu/online": "\(list)\n",
      "sys/devices/system/node/online":
        ProcessorList.text(cores.map(\.node)) + "\n",
    ]
    for node in Set(cores.map(\.node)) {
      files["sys/devices/system/node/node\(node)/cpulist"] =
        ProcessorList.text(cores.filter { $0.node == node }.flatMap(\.threads)) + "\n"
    }
    for core in cores {
      for processor in core.threads {
        let folder = "sys/devices/system/cpu/cpu\(processor)"
        files["\(folder)/topology/thread_siblings_list"] = ProcessorList.text(core.threads) + "\n"
        files["\(folder)/topology/physical_package_id"] = "\(core.package)\n"
        files["\(folder)/cpu_capacity"] = core.capacity.map { "\($0)\n" }
        guard showsCaches else { continue }
        let shared = cores.filter { $0.cache == core.cache }.flatMap(\.threads)
        files["\(folder)/cache/index0/level"] = "1\n"
        files["\(folder)/cache/index0/shared_cpu_list"] = ProcessorList.text(core.threads) + "\n"
        files["\(folder)/cache/index1/level"] = "3\n"
        files["\(folder)/cache/index1/shared_cpu_list"] = ProcessorList.text(shared) + "\n"
      }
    }
    files["sys/devices/cpu_core/cpus"] = performance
    files["sys/devices/cpu_atom/cpus"] = efficiency
    return files
  }

  /// Writes the files and hands over their root.
  func with<Value>(_ body: (String) throws -> Value) throws -> Value {
    let root = FileManager.default.temporaryDirectory.appending(path: "machine-\(UUID())")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in files {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    return try body(root.path)
  }

  var topology: ProcessorTopology? {
    get throws { try with { ProcessorTopology(root: $0) } }
  }

  /// Two sockets of 8 cores with two hardware threads each: 0-7 and 16-23 on the first, one node and
  /// one last-level cache for each socket.
  static var twoSockets: MadeUpMachine {
    MadeUpMachine(
      cores: (0..<16).map {
        Core(threads: [$0, $0 + 16], cache: $0 / 8, node: $0 / 8, package: $0 / 8)
      })
  }

  /// One package of 4 fast cores with two hardware threads (0-7) and 8 efficiency cores (8-15), all behind one
  /// cache.
  static var hybrid: MadeUpMachine {
    MadeUpMachine(
      cores: (0..<4).map { Core(threads: [2 * $0, 2 * $0 + 1], cache: 0) }
        + (8..<16).map { Core(threads: [$0], cache: 0) },
      performance: "0-7\n", efficiency: "8-15\n")
  }

  /// Four clusters of 4 cores with a cache each, in one package and node.
  static var clusters: MadeUpMachine {
    MadeUpMachine(cores: (0..<16).map { Core(threads: [$0], cache: $0 / 4) })
  }

  /// Two processors, as a virtual machine shows them.
  static var smallVirtual: MadeUpMachine {
    MadeUpMachine(cores: (0..<2).map { Core(threads: [$0], cache: 0) })
  }
}
