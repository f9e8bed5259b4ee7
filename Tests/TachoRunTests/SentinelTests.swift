// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import TachoRun
import Testing

/// What flags a sample, on readings made up by hand.
@Suite struct SentinelTests {
  typealias Reading = EnvironmentReading

  /// A machine of two processors on which the worker keeps `busy` of them busy, over `wall` seconds.
  private func quiet(wall: Double = 1, busy: Double = 2) -> SampleEnvironment {
    var seen = SampleEnvironment(wallSeconds: wall)
    seen.processors = 2
    seen.stealSeconds = 0
    seen.foreignSeconds = 0
    seen.workerSeconds = busy * wall
    seen.waitSeconds = 0
    seen.cpuPressureSeconds = 0
    seen.memoryPressureSeconds = 0
    seen.involuntarySwitches = 2
    seen.migrations = 1
    seen.threads = 2
    seen.quotaThrottledSeconds = 0
    return seen
  }

  private func flag(
    wall: Double = 1, busy: Double = 2, _ change: (inout SampleEnvironment) -> Void = { _ in }
  ) -> String? {
    var seen = quiet(wall: wall, busy: busy)
    change(&seen)
    return EnvironmentSentinel.flag(seen)
  }

  @Test(arguments: [0.001, 0.01, 0.1, 1, 10, 100]) func quietIsNotFlagged(wall: Double) {
    #expect(flag(wall: wall) == nil && flag(wall: wall, busy: 1) == nil)
    // What a system does by itself: a hundredth of a processor, a few switches.
    #expect(
      flag(wall: wall) {
        $0.foreignSeconds = 0.01 * wall
        $0.waitSeconds = 0.005 * wall
        $0.cpuPressureSeconds = 0.01 * wall
        $0.stealSeconds = 0.002 * wall
        $0.migrations = 5
        $0.majorFaults = 3
        $0.ioPressureSeconds = 0.5 * wall
      } == nil)
  }

  @Test func nothingReadableFlagsNothing() {
    #expect(EnvironmentSentinel.flag(SampleEnvironment(wallSeconds: 1)) == nil)
    #expect(flag(wall: 0) { $0.stealSeconds = 9 } == nil)
  }

  @Test func steal() {
    #expect(flag { $0.stealSeconds = 0.01 } == nil)
    #expect(flag { $0.stealSeconds = 0.02 } == "steal 2.0% of the sample's time")
    #expect(flag(wall: 0.5) { $0.stealSeconds = 0.01 } != nil)
  }

  /// A hog on the other processor, beside a worker of two threads and of one.
  @Test func otherProcesses() {
    #expect(
      flag { $0.foreignSeconds = 0.5 } == "other processes used 50.0% of a processor")
    #expect(flag(busy: 1) { $0.foreignSeconds = 1 } != nil)
    #expect(flag { $0.foreignSeconds = 0.05 } == nil && flag { $0.foreignSeconds = 0.06 } != nil)
    // Ticks blur short samples: a hundredth of a second may be nobody's.
    #expect(flag(wall: 0.1) { $0.foreignSeconds = 0.02 } == nil)
    #expect(flag(wall: 0.1) { $0.foreignSeconds = 0.1 } != nil)
    // Where most processors are free, one that is not harms little.
    let large: (inout SampleEnvironment) -> Void = { $0.processors = 64 }
    #expect(
      flag(busy: 8) {
        large(&$0)
        $0.foreignSeconds = 1
      } == nil)
    #expect(
      flag(busy: 8) {
        large(&$0)
        $0.foreignSeconds = 4
      } != nil)
    #expect(
      flag(busy: 64) {
        large(&$0)
        $0.foreignSeconds = 1
      } != nil)
  }

  @Test func waiting() {
    let unknown: (inout SampleEnvironment) -> Void = { $0.foreignSeconds = nil }
    for (wait, pressure, expected) in [
      (0.05, 0.0, nil), (0.06, 0.0, "waiting for a processor 6.0% of the sample's time"),
      (0.0, 0.05, nil), (0.0, 0.06, "cpu pressure 6.0% of the sample's time"),
    ] as [(Double, Double, String?)] {
      #expect(
        flag {
          unknown(&$0)
          $0.waitSeconds = wait
          $0.cpuPressureSeconds = pressure
        } == expected)
    }
    func switches(_ count: Int, threads: Int = 1, wall: Double = 1) -> String? {
      flag(wall: wall) {
        unknown(&$0)
        $0.waitSeconds = nil
        $0.involuntarySwitches = count
        $0.threads = threads
      }
    }
    #expect(switches(50) == nil && switches(51) == "51 involuntary switches")
    #expect(switches(99, threads: 2) == nil && switches(101, threads: 2) != nil)
    #expect(switches(4, wall: 0.001) == nil && switches(5, wall: 0.001) != nil)
  }

  /// Of a short sample: what the harness itself takes when it asks for one is no neighbour's.
  @Test func aMillisecondIsNothing() {
    func waits(_ seconds: Double) -> String? {
      flag(wall: 0.008) {
        $0.foreignSeconds = nil
        $0.waitSeconds = seconds
        $0.cpuPressureSeconds = seconds
        $0.involuntarySwitches = 8
      }
    }
    #expect(waits(0.0019) == nil)
    #expect(waits(0.0021)?.contains("8 involuntary switches") == true)
  }

  /// Four threads on two processors wait for each other: no repetition would be better.
  @Test func aCrowdedWorkerIsNotContaminated() {
    func crowd(_ seen: inout SampleEnvironment) {
      seen.waitSeconds = 2 * seen.wallSeconds
      seen.cpuPressureSeconds = seen.wallSeconds
      seen.involuntarySwitches = 800
      seen.threads = 4
    }
    #expect(flag(crowd) == nil)
    // Too short to tell that nobody else was there.
    #expect(flag(wall: 0.5, crowd) != nil)
    #expect(
      flag {
        crowd(&$0)
        $0.foreignSeconds = 0.2
      } != nil)
  }

  @Test func memoryAndThrottling() {
    #expect(
      flag { $0.memoryPressureSeconds = 0.1 } == "memory pressure 10.0% of the sample's time")
    #expect(
      flag { $0.quotaThrottledSeconds = 0.02 }
        == "stopped by the cgroup's quota 2.0% of the sample's time")
    #expect(flag { $0.thermalThrottles = 0 } == nil)
    #expect(
      flag {
        $0.thermalThrottles = 1
        $0.stealSeconds = 0.5
      } == "steal 50.0% of the sample's time, thermal throttling 1 time")
  }

  @Test func differences() throws {
    var before = Reading(
      stealSeconds: 1, cpuPressureSeconds: 2,
      worker: .init(
        seconds: 10, childSeconds: 0, majorFaults: 5, involuntarySwitches: 7, migrations: 3,
        waitSeconds: 0.5, threads: 3))
    before.busySeconds = 100
    before.harnessSeconds = 1
    var after = before
    after.busySeconds = 103
    after.harnessSeconds = 1.25
    after.worker?.seconds = 12
    after.worker?.migrations = 4
    after.worker?.waitSeconds = 0.75
    after.processors = 2
    let seen = EnvironmentSentinel.difference(from: before, to: after, wallSeconds: 1.5)
    #expect(seen.workerSeconds == 2 && seen.foreignSeconds == 0.75 && seen.waitSeconds == 0.25)
    #expect(seen.migrations == 1 && seen.involuntarySwitches == 0 && seen.majorFaults == 0)
    #expect(seen.stealSeconds == 0 && seen.threads == 3 && seen.processors == 2)
    #expect(seen.unavailable["memoryPressureSeconds"]?.contains("/proc/pressure") == true)
    #expect(seen.unavailable["megahertz"] != nil && seen.unavailable["foreignSeconds"] == nil)
    // Every field has a value or a reason.
    #expect(seen.fields.count { $0.value == nil } == seen.unavailable.count)
  }

  @Test func workOfAChildIsTheWorkers() {
    var before = Reading(
      worker: .init(
        seconds: 1, childSeconds: 0, involuntarySwitches: 0, migrations: 0, waitSeconds: 0))
    before.busySeconds = 10
    var after = before
    after.busySeconds = 15
    after.worker?.childSeconds = 4.9
    let seen = EnvironmentSentinel.difference(from: before, to: after, wallSeconds: 5)
    #expect(seen.workerSeconds == 4.9 && abs((seen.foreignSeconds ?? 1) - 0.1) < 1e-9)
    #expect(seen.waitSeconds == nil && seen.migrations == nil)
    #expect(seen.unavailable["waitSeconds"] == "a program that the worker started did the work")
  }

  @Test func aCounterThatFallsIsUnavailable() {
    let before = Reading(worker: .init(seconds: 1, childSeconds: 0, migrations: 9))
    let after = Reading(worker: .init(seconds: 2, childSeconds: 0, migrations: 4))
    let seen = EnvironmentSentinel.difference(from: before, to: after, wallSeconds: 1)
    #expect(seen.migrations == nil && seen.unavailable["migrations"]?.contains("fell") == true)
    let gone = EnvironmentSentinel.difference(from: before, to: Reading(), wallSeconds: 1)
    #expect(
      gone.workerSeconds == nil && gone.unavailable["workerSeconds"]?.contains("ended") == true)
  }
}
