// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TachoRecord
import TachoRun
import Testing

/// The reader on a made-up machine and on this one.
@Suite struct EnvironmentReaderTests {
  static let stat = "0 0 0 -1 4194304 100 0 6 1 250 50 20 5 20 0 2 0 999 1 2 "

  /// Process 7 of two threads, which started process 9.
  static let tree: [String: String] = [
    "/proc/stat": "cpu  100 20 30 999 8 5 6 250 40 0\ncpu0 1\ncpu1 2\nintr 5 6\nctxt 7\n",
    "/proc/pressure/cpu": "some avg10=1.00 avg60=0.00 avg300=0.00 total=40275852\n"
      + "full avg10=0.00 avg60=0.00 avg300=0.00 total=17\n",
    "/proc/pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=2000000\n",
    "/proc/7/stat": "7 (a) (b 3) S 1 " + stat,
    "/proc/7/task/7/stat": "7 (a) (b 3) S 1 " + stat + "0 0 0 0 0 0 0 0 0 0 0 0 0 0 1 0 0\n",
    "/proc/7/task/7/sched": "a (7, #threads: 2)\n---\nse.exec_start : 1.5\n"
      + "se.nr_migrations                             :                  167\n"
      + "nr_involuntary_switches                      :                  214\n",
    "/proc/7/task/7/schedstat": "1000 3000000 5\n", "/proc/7/task/7/children": "9 ",
    "/proc/7/task/8/sched": "b\nse.nr_migrations : 3\n",
    "/proc/7/task/8/status": "Name:\tb\nvoluntary_ctxt_switches:\t5\n"
      + "nonvoluntary_ctxt_switches:\t6\n",
    "/proc/7/task/8/schedstat": "10 1000000 5\n",
    "/proc/7/task/8/stat": "8 (b) R 1 " + stat + "0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
    "/proc/9/stat": "9 (child) R 7 " + stat, "/proc/9/task/9/children": "",
    "/proc/self/cgroup": "0::/a\n", "/sys/fs/cgroup/a/cpu.max": "50000 100000\n",
    "/sys/fs/cgroup/a/cpu.stat": "usage_usec 5\nnr_throttled 2\nthrottled_usec 1500000\n",
    "/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "2000000\n",
    "/sys/devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "3000000\n",
    "/sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count": "4\n",
    "/sys/devices/system/cpu/cpu0/thermal_throttle/package_throttle_count": "5\n",
    "/sys/devices/system/cpu/cpu1/thermal_throttle/core_throttle_count": "6\n",
    "/sys/devices/system/cpu/cpu1/thermal_throttle/package_throttle_count": "5\n",
  ]

  @Test func everyCounter() throws {
    let reading = try FakeFiles.with(Self.tree) {
      ProcEnvironmentReader(files: $0).read(processID: 7)
    }
    let tick = 1 / Double(sysconf(Int32(_SC_CLK_TCK)))
    #expect(reading.stealSeconds == 250 * tick && reading.busySeconds == 161 * tick)
    #expect(reading.processors == 2)
    #expect(reading.cpuPressure == .init(some: 40.275852, full: 17e-6))
    #expect(reading.memoryPressure == .init(some: 2, full: nil))
    #expect(reading.ioPressure == .init())
    #expect(reading.thermalThrottles == 15 && reading.quotaThrottledSeconds == 1.5)
    #expect(reading.megahertz == 2500 && (reading.harnessSeconds ?? 0) > 0)
    let worker = try #require(reading.worker)
    #expect(worker.threads == 2 && worker.seconds == 300 * tick && worker.majorFaults == 7)
    // Children it waited for, and the living one with its own.
    #expect(worker.childSeconds.map { abs($0 - (25 + 325) * tick) < 1e-9 } == true)
    #expect(worker.migrations == 170 && worker.involuntarySwitches == 220)
    #expect(worker.waitSeconds == 0.004)
  }

  @Test func legacyQuota() throws {
    let tree = [
      "/proc/self/cgroup": "1:cpu,cpuacct:/job\n",
      "/sys/fs/cgroup/cpu/job/cpu.cfs_quota_us": "50000\n",
      "/sys/fs/cgroup/cpu/job/cpu.stat": "nr_periods 1\nthrottled_time 2500000000\n",
    ]
    let reading = try FakeFiles.with(tree) {
      ProcEnvironmentReader(files: $0).read(processID: nil)
    }
    #expect(reading.quotaThrottledSeconds == 2.5 && reading.worker == nil)
  }

  @Test func nothingThere() throws {
    let reading = try FakeFiles.with([:]) {
      ProcEnvironmentReader(files: $0).read(processID: 7)
    }
    #expect(reading.stealSeconds == nil && reading.processors == nil && reading.worker == nil)
    #expect(reading.thermalThrottles == nil && reading.quotaThrottledSeconds == 0)
    let seen = EnvironmentSentinel.difference(from: reading, to: reading, wallSeconds: 1)
    #expect(EnvironmentSentinel.flag(seen) == nil)
    #expect(seen.fields.count { $0.value == nil } == seen.unavailable.count)
  }

  /// Cut and garbled files: any answer but a crash.
  @Test(arguments: 0..<40) func garbledFiles(seed: Int) throws {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1
      return Int(state >> 33) % bound
    }
    let tree = Self.tree.mapValues { text in
      var bytes = Array(text.utf8.prefix(random(text.utf8.count + 1)))
      for _ in 0..<random(4) where !bytes.isEmpty {
        bytes[random(bytes.count)] = UInt8(32 + random(95))
      }
      return String(decoding: bytes, as: UTF8.self)
    }
    try FakeFiles.with(tree) { files in
      let reader = ProcEnvironmentReader(files: files)
      let (before, after) = (reader.read(processID: 7), reader.read(processID: 7))
      let seen = EnvironmentSentinel.difference(from: before, to: after, wallSeconds: 1)
      #expect(seen.fields.count { $0.value == nil } == seen.unavailable.count, "seed \(seed)")
    }
  }

  @Test func thisProcess() throws {
    let reader = ProcEnvironmentReader()
    let before = reader.read(processID: getpid())
    let clock = ContinuousClock()
    let times = (0..<50).map { _ in clock.measure { _ = reader.read(processID: getpid()) } }
    let after = reader.read(processID: getpid())
    let worker = try #require(after.worker)
    #expect(worker.threads >= 1 && (worker.seconds ?? 0) > 0 && after.processors != nil)
    #expect(try #require(after.busySeconds) >= (before.busySeconds ?? .infinity))
    print(
      "one reading of \(worker.threads) threads: \(times.min() ?? .zero), median",
      "\(times.sorted()[25])")
  }
}
