// SPDX-License-Identifier: Apache-2.0
package import TachoRecord
package import TachoSuite

/// The suite that measures what a machine can do at most: written for its caches, its processors and
/// the instruction sets it runs.
///
/// It is a suite like any other, kept with the results: what a benchmark is called says what it
/// measures, and `CalibrationTable` reads the names.
package struct CalibrationSuite: Sendable, Hashable {
  /// What the suite is written for.
  package struct Machine: Sendable, Hashable {
    /// Bytes of the data cache of each level.
    package var caches: [Int: Int]
    package var threads: Int
    /// Memory that may be used; nil when unknown.
    package var memoryBytes: Int?
    /// Arithmetic and instruction set of every peak kernel that runs here.
    package var peaks: [Peak]

    package init(caches: [Int: Int], threads: Int, memoryBytes: Int?, peaks: [Peak]) {
      self.caches = caches
      self.threads = threads
      self.memoryBytes = memoryBytes
      self.peaks = peaks
    }
  }

  package struct Peak: Sendable, Hashable {
    package var arithmetic: String
    package var isa: String

    package init(arithmetic: String, isa: String) {
      self.arithmetic = arithmetic
      self.isa = isa
    }
  }

  /// Names of the suites, by which a store is searched for calibrations.
  package static let name = "calibrate"
  package static let quickName = "calibrate-quick"

  package let machine: Machine
  package let quick: Bool

  package init(_ machine: Machine, quick: Bool) {
    self.machine = machine
    self.quick = quick
  }

  package var name: String { quick ? Self.quickName : Self.name }

  /// Powers of two and all processors; a quick calibration takes one and all.
  package var threadCounts: [Int] {
    var counts = quick ? [1] : Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < machine.threads })
    if machine.threads > 1 { counts.append(machine.threads) }
    return counts.isEmpty ? [1] : counts
  }

  /// Bytes that no cache holds: four times the last one, at least 1 GiB, at most a quarter of the memory.
  package var memoryBytes: Int {
    let wanted = max(4 * (machine.caches.values.max() ?? 0), 1 << 30)
    let most = max((machine.memoryBytes ?? .max) / 4, 64 << 20)
    return (min(wanted, most) >> 20) << 20
  }

  /// A cache level, the bytes of it that each thread goes over, and the thread counts that all fit.
  struct Level: Hashable {
    let level: Int
    let bytesPerThread: Int
    let threads: [Int]
  }

  /// Half of a private cache, so that nothing else drives it out; of a shared last one four times the
  /// cache below it, as long as all threads together fill no more than half.
  var levels: [Level] {
    let known = machine.caches.keys.sorted()
    return known.compactMap { level in
      guard let size = machine.caches[level] else { return nil }
      guard level >= 3, let below = machine.caches[level - 1] else {
        return Level(level: level, bytesPerThread: size / 2, threads: threadCounts)
      }
      let fitting = threadCounts.filter { size / (2 * $0) >= 2 * below }
      guard let most = fitting.max() else { return nil }
      let bytes = min(4 * below, size / (2 * most))
      return Level(level: level, bytesPerThread: bytes, threads: fitting)
    }
  }

  /// What cannot be measured on this machine, and why: said rather than left out.
  package var omissions: [String] {
    let measured = Set(levels.map(\.level))
    var result = machine.caches.keys.sorted().filter { !measured.contains($0) }.map {
      "L\($0): a thread's share of it is not larger than its L\($0 - 1)"
    }
    if machine.caches.isEmpty { result.append("caches: the system does not show their sizes") }
    if machine.threads == 1 { result.append("wake: with one processor there is no worker to wake") }
    return result
  }

  /// The suite, checked against what this program can measure.
  package func plan(
    kinds: [BenchmarkKind], overrides: [PlanOverride] = [], filter: String? = nil
  ) throws(SuiteError) -> Plan {
    let suite = try SuiteFile.read(text: text, path: "\(name).yaml", kinds: kinds)
    return try Planner(overrides: overrides, filter: filter).plan(suite)
  }
}
