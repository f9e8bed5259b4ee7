// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The processors that this process may use, and what they share, as /sys and /proc tell it.
///
/// `root` stands before every path, so that tests can show any machine.
package struct ProcessorTopology: Sendable, Hashable {
  /// One physical core, with those of its hardware threads that may be used.
  package struct Core: Sendable, Hashable {
    /// Allowed processors, ascending; at least one.
    package var processors: [Int]
    /// All hardware threads of the core, allowed or not.
    package var siblings: [Int]
    /// Names of what it shares with other cores; equal names share.
    package var cache: String
    package var node: Int
    package var package: Int
    /// Slower than the machine's fastest cores by design.
    package var isEfficiency: Bool
  }

  /// Ordered by their first processor.
  package let cores: [Core]

  /// Processors of a core below this share of the largest cpu_capacity are of another, slower kind; cores
  /// of one kind differ by a few percent.
  private static let efficiencyShare = 0.75

  /// Nil where the system shows no topology, or names no processor that may be used.
  package init?(root: String = "") {
    let files = ProcessorFiles(root: root)
    guard let allowed = files.allowed(), !allowed.isEmpty else { return nil }
    let nodes = files.nodes()
    let slow = files.efficiencyProcessors(share: Self.efficiencyShare, among: allowed)
    var cores: [[Int]: Core] = [:]
    for processor in allowed {
      guard
        let siblings = files.list(
          "\(ProcessorFiles.folder(processor))/topology/thread_siblings_list")
          ?? files.list("\(ProcessorFiles.folder(processor))/topology/core_cpus_list"),
        siblings.contains(processor)
      else { return nil }
      let package =
        files.integer("\(ProcessorFiles.folder(processor))/topology/physical_package_id") ?? 0
      cores[
        siblings,
        default: Core(
          processors: [], siblings: siblings,
          // Without caches in /sys (some virtual machines) a package is taken for a domain.
          cache: files.lastLevelCache(of: processor) ?? "package \(package)",
          node: nodes[processor] ?? 0, package: package, isEfficiency: slow.contains(processor))
      ].processors.append(processor)
    }
    self.cores = cores.values.sorted { $0.processors[0] < $1.processors[0] }
  }

  package var processors: [Int] { cores.flatMap(\.processors).sorted() }
}
