// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Reads the counters from /proc and /sys: about a hundred microseconds, and thirty more for each of the
/// worker's threads.
package struct ProcEnvironmentReader: EnvironmentReader {
  private let files: SystemFiles
  private let ticksPerSecond: Double
  /// What of /sys there is here, found out once.
  private let throttleCounters: [String]
  private let quotaCounters: [(path: String, key: String, perSecond: Double)]
  private let hasFrequency: Bool

  private static let processorFolder = "/sys/devices/system/cpu"
  /// A core's throttling is its package's too, nearly always: beyond these only packages are read.
  private static let coresRead = 16
  private static let frequenciesRead = 8

  package init(files: SystemFiles = SystemFiles()) {
    self.files = files
    ticksPerSecond = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
    throttleCounters = Self.throttleCounters(files)
    quotaCounters = ContainerLimits(files: files).throttling()
    hasFrequency =
      files.line("\(Self.processorFolder)/cpu0/cpufreq/scaling_cur_freq") != nil
  }

  package func read(processID: Int32?) -> EnvironmentReading {
    var reading = EnvironmentReading()
    readProcessors(into: &reading)
    reading.cpuPressure = pressure("/proc/pressure/cpu")
    reading.memoryPressure = pressure("/proc/pressure/memory")
    reading.ioPressure = pressure("/proc/pressure/io")
    reading.harnessSeconds = Self.ownSeconds()
    if !throttleCounters.isEmpty {
      reading.thermalThrottles = throttleCounters.reduce(0) { $0 + (files.integer($1) ?? 0) }
    }
    reading.quotaThrottledSeconds = quotaThrottledSeconds()
    if let processID {
      var ranOn: Set<Int> = []
      reading.worker = worker(processID, ranOn: &ranOn)
      reading.megahertz = hasFrequency ? megahertz(of: ranOn) : nil
    }
    return reading
  }

  /// Time other guests had, over all processors since the machine started.
  package func stealSeconds() -> Double? {
    var reading = EnvironmentReading()
    readProcessors(into: &reading)
    return reading.stealSeconds
  }
}

extension ProcEnvironmentReader {
  /// `cpu user nice system idle iowait irq softirq steal ...`, in ticks; guests are part of `user`.
  private func readProcessors(into reading: inout EnvironmentReading) {
    guard let text = files.bytes("/proc/stat").map(CounterText.init) else { return }
    let ticks = text.values(after: "cpu ")
    guard ticks.count > 7 else { return }
    reading.stealSeconds = Double(ticks[7]) / ticksPerSecond
    reading.busySeconds =
      Double(ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6]) / ticksPerSecond
    reading.processors = text.countOfLines(numbered: "cpu")
  }

  /// `total=` in microseconds of the lines "some" and "full".
  private func pressure(_ path: String) -> EnvironmentReading.Pressure {
    guard let text = files.bytes(path).map(CounterText.init) else { return .init() }
    func seconds(_ line: StaticString) -> Double? {
      text.value(of: "total=", inLine: line).map { Double($0) / 1e6 }
    }
    return .init(some: seconds("some"), full: seconds("full"))
  }

  private static func ownSeconds() -> Double? {
    var usage = rusage()
    guard getrusage(Int32(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return seconds(usage.ru_utime) + seconds(usage.ru_stime)
  }

  /// Nothing stops a group without a quota: that is 0, not unknown.
  private func quotaThrottledSeconds() -> Double? {
    var total = 0.0
    for (path, key, perSecond) in quotaCounters {
      // Two keys in all; CounterText wants them at compile time.
      let text = files.bytes(path).map(CounterText.init)
      let value =
        key == "throttled_usec"
        ? text?.value(of: "throttled_usec") : text?.value(of: "throttled_time")
      guard let value else { return nil }
      total += Double(value) / perSecond
    }
    return total
  }

  private static func throttleCounters(_ files: SystemFiles) -> [String] {
    var packages: Set<String> = []
    var paths: [String] = []
    let processors = files.names(in: processorFolder)
      .compactMap { $0.hasPrefix("cpu") ? Int($0.dropFirst(3)) : nil }.sorted()
    for processor in processors {
      let folder = "\(processorFolder)/cpu\(processor)"
      let core = "\(folder)/thermal_throttle/core_throttle_count"
      guard files.integer(core) != nil else { continue }
      if processor < coresRead { paths.append(core) }
      let package = files.line("\(folder)/topology/physical_package_id") ?? "0"
      if packages.insert(package).inserted {
        paths.append("\(folder)/thermal_throttle/package_throttle_count")
      }
    }
    return paths
  }

  private func megahertz(of processors: Set<Int>) -> Double? {
    let values = processors.sorted().prefix(Self.frequenciesRead).compactMap {
      files.integer("\(Self.processorFolder)/cpu\($0)/cpufreq/scaling_cur_freq")
    }
    return values.isEmpty ? nil : Double(values.reduce(0, +)) / Double(values.count) / 1000
  }
}

extension ProcEnvironmentReader {
  private typealias Worker = EnvironmentReading.Worker

  private func worker(
    _ processID: Int32, ranOn: inout Set<Int>
  ) -> EnvironmentReading.Worker? {
    let folder = "/proc/\(processID)"
    let threads = files.names(in: "\(folder)/task")
    guard !threads.isEmpty else { return nil }
    var worker = Worker(threads: threads.count)
    if let stat = processStat(folder) {
      worker.seconds = stat.seconds
      worker.majorFaults = stat.majorFaults
      worker.childSeconds =
        stat.endedChildSeconds + livingChildSeconds(folder, threads: threads, depth: 0)
    }
    var switches: [Int?] = []
    var migrations: [Int?] = []
    var waits: [Int?] = []
    for thread in threads {
      let task = "\(folder)/task/\(thread)"
      let sched = files.bytes("\(task)/sched").map(CounterText.init)
      migrations.append(sched?.value(of: "se.nr_migrations"))
      switches.append(
        sched?.value(of: "nr_involuntary_switches")
          ?? files.bytes("\(task)/status").map(CounterText.init)?
          .value(of: "nonvoluntary_ctxt_switches"))
      let times = files.bytes("\(task)/schedstat").map(CounterText.init)?.values(after: "") ?? []
      waits.append(times.count > 1 ? times[1] : nil)
      if hasFrequency, let processor = processStat(task)?.processor { ranOn.insert(processor) }
    }
    worker.involuntarySwitches = Self.sum(switches)
    worker.migrations = Self.sum(migrations)
    worker.waitSeconds = Self.sum(waits).map { Double($0) / 1e9 }
    return worker
  }

  /// Nil when no thread had the counter; a thread that ended meanwhile has none.
  private static func sum(_ values: [Int?]) -> Int? {
    let known = values.compactMap { $0 }
    return known.isEmpty ? nil : known.reduce(0, +)
  }

  private struct ProcessStat {
    var seconds: Double
    var endedChildSeconds: Double
    /// Of the process and of the children it waited for.
    var majorFaults: Int
    var processor: Int?
  }

  /// proc(5), from field 4 on: majflt 12, cmajflt 13, utime 14, stime 15, cutime 16, cstime 17,
  /// processor 39.
  private func processStat(_ folder: String) -> ProcessStat? {
    guard let text = files.bytes("\(folder)/stat").map(CounterText.init) else { return nil }
    let fields = text.valuesBehindName()
    guard fields.count > 13 else { return nil }
    return ProcessStat(
      seconds: Double(fields[10] + fields[11]) / ticksPerSecond,
      endedChildSeconds: Double(fields[12] + fields[13]) / ticksPerSecond,
      majorFaults: fields[8] + fields[9], processor: fields.count > 35 ? fields[35] : nil)
  }

  /// A worker may have a program of its own do the work, which ends with the sample or lives on.
  private func livingChildSeconds(_ folder: String, threads: [String], depth: Int) -> Double {
    guard depth < 4 else { return 0 }
    return threads.reduce(0) { sum, thread in
      let children =
        files.bytes("\(folder)/task/\(thread)/children").map(CounterText.init)?.values(after: "")
        ?? []
      return children.prefix(64).reduce(sum) { sum, child in
        let folder = "/proc/\(child)"
        guard let stat = processStat(folder) else { return sum }
        return sum + stat.seconds + stat.endedChildSeconds
          + livingChildSeconds(
            folder, threads: files.names(in: "\(folder)/task"), depth: depth + 1)
      }
    }
  }
}
