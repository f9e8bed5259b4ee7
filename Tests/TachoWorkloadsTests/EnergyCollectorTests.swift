// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TachoCatalog
import TachoRecord
import TachoWorkloads
import Testing

/// A made-up /sys/class/powercap and /proc/stat.
private final class FakeCounters {
  let root: String
  var statistics: String { root + "/stat" }

  init() throws {
    root = FileManager.default.temporaryDirectory.path + "/tacho-rapl-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    try processors(busy: 1000, idle: 9000)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func write(_ file: String, _ text: String) throws {
    try (text + "\n").write(toFile: "\(root)/\(file)", atomically: false, encoding: .utf8)
  }

  func domain(_ entry: String, _ name: String, _ microjoules: Int, range: Int = 262_143_328_850)
    throws
  {
    try FileManager.default.createDirectory(
      atPath: "\(root)/\(entry)", withIntermediateDirectories: true)
    try write("\(entry)/name", name)
    try write("\(entry)/max_energy_range_uj", "\(range)")
    try write("\(entry)/energy_uj", "\(microjoules)")
  }

  /// Ticks of a hundredth of a second since boot, of all processors.
  func processors(busy: Int, idle: Int) throws {
    try write("stat", "cpu  \(busy) 0 0 \(idle) 0 0 0 0 0 0\ncpu0 1 0 0 1 0 0 0 0 0 0")
  }

  func collector() -> EnergyCollector {
    EnergyCollector(root: root, statistics: statistics, idleSeconds: 0)
  }

  /// One region of 20 ms or more, in which `change` happens.
  func region(_ collector: EnergyCollector, _ change: () throws -> Void) rethrows -> EnergyReading?
  {
    collector.begin()
    usleep(20_000)
    try change()
    collector.end()
    var observation = Observation(startNs: 0, endNs: 20_000_000)
    collector.report(into: &observation)
    return observation.energy
  }
}

/// Energy counters of machines that are not this one: wrapping, unreadable, several, gone.
@Suite struct EnergyCollectorTests {
  private let counters: FakeCounters

  init() throws { counters = try FakeCounters() }

  @Test func twoPackagesAndMemory() throws {
    try counters.domain("intel-rapl:0", "package-0", 5_000_000)
    try counters.domain("intel-rapl:0:0", "core", 1_000_000)
    try counters.domain("intel-rapl:0:1", "dram", 2_000_000)
    try counters.domain("intel-rapl:1", "package-1", 900)
    try counters.domain("intel-rapl:2", "psys", 900)
    // The same counters once more, and what is no counter.
    try counters.domain("intel-rapl-mmio:0", "package-0", 5_000_000)
    try counters.domain("intel-rapl", "", 0)
    let collector = counters.collector()
    #expect(
      collector.facts["energy.domains"]
        == .array(["package-0", "package-0/core", "package-0/dram", "package-1", "psys"]))
    let reading = try #require(
      try counters.region(collector) {
        try counters.domain("intel-rapl:0", "package-0", 8_500_000)
        try counters.domain("intel-rapl:0:1", "dram", 2_250_000)
        try counters.domain("intel-rapl:1", "package-1", 1_000_900)
        try counters.processors(busy: 1002, idle: 9100)
      })
    #expect(reading.invalid == nil && reading.seconds >= 0.02)
    #expect(reading.joules(.package) == .value(4.5))
    #expect(reading.joules(.dram) == .value(0.25))
    #expect(reading.domains.map(\.kind) == [.package, .part, .dram, .package, .part])
    // Nothing moved while it slept: all is above idle.
    #expect(reading.joulesAboveIdle() == .value(4.75))
  }

  @Test func wrapAround() throws {
    try counters.domain("intel-rapl:0", "package-0", 262_143_000_000)
    let reading = try #require(
      try counters.region(counters.collector()) {
        try counters.domain("intel-rapl:0", "package-0", 671_150)
        try counters.processors(busy: 1000, idle: 9010)
      })
    #expect(reading.joules(.package) == .value(1))
  }

  /// A counter that turns faster than the region is long may have turned twice.
  @Test func gap() throws {
    try counters.domain("intel-rapl:0", "package-0", 100, range: 15_000_000)
    let reading = try #require(
      try counters.region(counters.collector()) {
        try counters.domain("intel-rapl:0", "package-0", 200, range: 15_000_000)
        try counters.processors(busy: 1000, idle: 9010)
      })
    guard case .unavailable(let reason) = reading.joules(.package) else {
      Issue.record("\(reading)")
      return
    }
    #expect(reason.contains("package-0: a gap: in 0 s its counter of 15 J"), "\(reason)")
  }

  @Test func fellWithoutARange() throws {
    try counters.domain("intel-rapl:0", "package-0", 500, range: 0)
    let reading = try #require(
      try counters.region(counters.collector()) {
        try counters.domain("intel-rapl:0", "package-0", 200, range: 0)
        try counters.processors(busy: 1000, idle: 9010)
      })
    #expect(reading.domains[0].reason?.contains("max_energy_range_uj does not say") == true)
  }

  @Test func unreadable() throws {
    try counters.domain("intel-rapl:0", "package-0", 500)
    try counters.domain("intel-rapl:1", "package-1", 500)
    // Root reads everything but a link to itself.
    let file = "\(counters.root)/intel-rapl:0/energy_uj"
    unlink(file)
    symlink(file, file)
    let collector = counters.collector()
    let reading = try #require(
      try counters.region(collector) { try counters.processors(busy: 1000, idle: 9010) })
    #expect(reading.domains[0].reason?.contains("energy_uj: Too many levels") == true)
    #expect(reading.domains[0].idleWatts == nil && reading.domains[1].joules == 0)
    guard case .unavailable(let reason) = reading.joules(.package) else {
      Issue.record("\(reading)")
      return
    }
    #expect(reason.hasPrefix("package-0: "))
  }

  @Test(.enabled(if: geteuid() != 0, "root may read every file")) func rootOnly() throws {
    try counters.domain("intel-rapl:0", "package-0", 500)
    chmod("\(counters.root)/intel-rapl:0/energy_uj", 0)
    let reading = try #require(
      try counters.region(counters.collector()) {
        try counters.processors(busy: 1000, idle: 9010)
      })
    #expect(reading.domains[0].reason?.contains("sudo chmod a+r") == true)
  }

  @Test func goneOrNonsenseAtTheEnd() throws {
    try counters.domain("intel-rapl:0", "package-0", 500)
    try counters.domain("intel-rapl:1", "package-1", 500)
    let reading = try #require(
      try counters.region(counters.collector()) {
        unlink("\(counters.root)/intel-rapl:0/energy_uj")
        try counters.write("intel-rapl:1/energy_uj", "many")
        try counters.processors(busy: 1000, idle: 9010)
      })
    #expect(reading.domains[0].reason?.contains("No such file") == true)
    #expect(reading.domains[1].reason?.contains("holds no number") == true)
  }

  @Test func otherPrograms() throws {
    try counters.domain("intel-rapl:0", "package-0", 500)
    let collector = counters.collector()
    // Two ticks in all are within the counter's grain; of 100 ticks 12, less two, are not.
    let quiet = try #require(
      try counters.region(collector) { try counters.processors(busy: 1002, idle: 9098) })
    #expect(quiet.invalid == nil)
    try counters.processors(busy: 1000, idle: 9000)
    let busy = try #require(
      try counters.region(collector) { try counters.processors(busy: 1012, idle: 9088) })
    let share = try #require(busy.foreignShare)
    // Less what this process itself used meanwhile, which its other tests add to.
    #expect(share <= 0.1)
    if share > 0.05 {
      #expect(busy.invalid?.contains("of the processors; RAPL counts whole packages") == true)
    }
    try counters.processors(busy: 1000, idle: 9000)
    let flooded = try #require(
      try counters.region(collector) { try counters.processors(busy: 9000, idle: 9000) })
    #expect(flooded.invalid?.hasPrefix("other programs used ") == true)
    unlink(counters.statistics)
    let unknown = try #require(counters.region(collector) {})
    #expect(unknown.invalid?.contains("cannot be read") == true)
  }

  @Test func tooShort() throws {
    try counters.domain("intel-rapl:0", "package-0", 500)
    let collector = counters.collector()
    collector.begin()
    collector.end()
    var observation = Observation(startNs: 0, endNs: 1)
    collector.report(into: &observation)
    #expect(observation.energy?.invalid?.contains("too short") == true)
  }

  @Test func noCounters() throws {
    let reading = try #require(counters.region(counters.collector()) {})
    #expect(reading.domains.isEmpty)
    #expect(
      reading.joules(.package)
        == .unavailable(
          "this machine shows no RAPL counters: there is no intel-rapl domain in \(counters.root)"))
  }

  @Test func idlePowerIsSubtracted() throws {
    try counters.domain("intel-rapl:0", "package-0", 0)
    let started = Date()
    let path = "\(counters.root)/intel-rapl:0/energy_uj"
    let writer = Thread {
      usleep(60_000)
      try? "3000000\n".write(toFile: path, atomically: false, encoding: .utf8)
    }
    writer.start()
    let collector = EnergyCollector(
      root: counters.root, statistics: counters.statistics, idleSeconds: 0.3)
    #expect(Date().timeIntervalSince(started) >= 0.3)
    // 3 J in 0.3 s or a little more.
    let watts = try #require(collector.facts["energy.idle_watts.package-0"]?.doubleValue)
    #expect(watts > 1 && watts <= 10, "\(watts) W")
    let reading = try #require(
      try counters.region(collector) {
        try counters.domain("intel-rapl:0", "package-0", 13_000_000)
        try counters.processors(busy: 1000, idle: 9010)
      })
    #expect(reading.joulesAboveIdle() == .value(10 - watts * reading.seconds))
  }
}
