// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoCatalog
import TachoCounters
import TachoRecord
import Testing

/// Samples on a simulated kernel: turns, multiplexing, threads, and every way of having no count.
@Suite struct CounterSessionTests {
  typealias Reading = CounterReading

  /// One sample in which each thread runs for so many microseconds.
  static func sample(
    _ session: CounterSession, _ pmu: SimulatedPMU, _ times: [Int32: Double] = [1: 1000]
  ) -> [String: Reading] {
    session.begin()
    for (thread, time) in times { pmu.run(thread, microseconds: time) }
    session.end()
    // What happens between samples is nobody's.
    for thread in times.keys { pmu.run(thread, microseconds: 777) }
    return Dictionary(session.readings().map { ($0.event, $0) }) { $1 }
  }

  static func reason(_ reading: Reading?) -> String { reading?.total.reason ?? "" }

  @Test func onlyTheSampleCounts() throws {
    let pmu = SimulatedPMU()
    let session = try CounterSession(
      ["instructions", "cycles", "page-faults"], threads: [1], interface: pmu)
    for _ in 0..<3 {
      let readings = Self.sample(session, pmu)
      // Rates are (config + 1) * 100 in a microsecond.
      #expect(
        readings["instructions"]?.total
          == CounterCount(
            raw: 200_000, enabledNs: 1_000_000, runningNs: 1_000_000))
      #expect(readings["cycles"]?.total.value == 100_000)
      #expect(readings["page-faults"]?.total.value == 300_000)
      #expect(readings["instructions"]?.group == 1 && readings["page-faults"]?.group == 0)
      #expect(readings["cycles"]?.scope == .userAndKernel)
      #expect(readings["cycles"]?.quantity == .cycles)
    }
  }

  @Test func valuesFollowTheirIdsNotTheirPlace() throws {
    var machine = SimulatedPMU.Machine()
    machine.shuffled = true
    let pmu = SimulatedPMU(machine)
    let session = try CounterSession(
      ["instructions", "cycles", "branch-misses"], threads: [1], interface: pmu)
    let readings = Self.sample(session, pmu)
    #expect(readings["instructions"]?.total.value == 200_000)
    #expect(readings["cycles"]?.total.value == 100_000)
    #expect(readings["branch-misses"]?.total.value == 600_000)
  }

  @Test func groupsTakeTurns() throws {
    var machine = SimulatedPMU.Machine()
    (machine.programmable, machine.fixed) = (1, [1])
    let pmu = SimulatedPMU(machine)
    let session = try CounterSession(
      ["instructions", "cache-misses", "branch-misses", "task-clock"], threads: [1],
      interface: pmu)
    for turn in 0..<4 {
      let readings = Self.sample(session, pmu)
      let (counted, other) =
        turn % 2 == 0 ? ("cache-misses", "branch-misses") : ("branch-misses", "cache-misses")
      #expect(readings["instructions"]?.total.value == 200_000)
      #expect(readings["instructions"]?.group == turn % 2 + 1)
      #expect(readings["task-clock"]?.total.value == 200_000)
      #expect(readings[counted]?.total.validity == .measured)
      #expect(readings[other]?.total.value == nil && readings[other]?.total.raw == nil)
      #expect(
        Self.reason(readings[other])
          == "not counted in this sample: group \(2 - turn % 2) of 2 takes turns")
    }
  }

  @Test func multiplexedCountsAreScaled() throws {
    var machine = SimulatedPMU.Machine()
    machine.share = 0.25
    let pmu = SimulatedPMU(machine)
    let session = try CounterSession(["cycles", "task-clock"], threads: [1], interface: pmu)
    let total = try #require(Self.sample(session, pmu)["cycles"]?.total)
    #expect(total.raw == 25_000 && total.runningNs == 250_000 && total.enabledNs == 1_000_000)
    #expect(total.value == 100_000 && total.validity == .scaled)
    #expect(Self.sample(session, pmu)["task-clock"]?.total.validity == .measured)
    pmu.machine.share = 0.96
    #expect(Self.sample(session, pmu)["cycles"]?.total.validity == .measured)
  }

  /// A watchdog holds a counter: the kernel accepts the group, never counts it, and it is divided.
  @Test func aStarvedGroupIsDivided() throws {
    var machine = SimulatedPMU.Machine()
    (machine.programmable, machine.held, machine.fixed) = (2, 1, [])
    let pmu = SimulatedPMU(machine)
    let session = try CounterSession(["cycles", "cache-misses"], threads: [1], interface: pmu)
    let first = Self.sample(session, pmu)
    #expect(first["cycles"]?.total.value == nil)
    #expect(Self.reason(first["cycles"]).contains("gave it no counter in 1000000 ns"))
    let second = Self.sample(session, pmu)
    #expect(second["cycles"]?.total.value == 100_000)
    #expect(Self.reason(second["cache-misses"]).contains("group 2 of 2 takes turns"))
    let third = Self.sample(session, pmu)
    #expect(third["cache-misses"]?.total.value == 400_000 && third["cycles"]?.total.value == nil)
  }

  @Test func threadsAreSummed() throws {
    let pmu = SimulatedPMU()
    let session = try CounterSession(["cycles"], threads: [1, 2, 3], interface: pmu)
    let reading = try #require(Self.sample(session, pmu, [1: 1000, 2: 500])["cycles"])
    #expect(reading.total.value == 150_000)
    #expect(reading.threads.map(\.thread) == [1, 2, 3])
    #expect(reading.threads.map(\.count.value) == [100_000, 50_000, 0])
    // No thread ran: nothing was counted, and that is not zero.
    let idle = try #require(Self.sample(session, pmu, [:])["cycles"])
    #expect(idle.total.value == nil && Self.reason(idle).contains("none of the threads ran"))
  }

  @Test func aThreadThatIsGoneLeavesNoTotal() throws {
    let pmu = SimulatedPMU()
    pmu.gone = [2]
    let session = try CounterSession(["cycles"], threads: [1, 2], interface: pmu)
    let reading = try #require(Self.sample(session, pmu)["cycles"])
    #expect(reading.total.value == nil && reading.total.validity == .unavailable)
    #expect(
      Self.reason(reading)
        == "thread 2 has ended (perf_event_open: No such process) (1 of 2 threads were counted)")
    #expect(reading.threads[0].count.value == 100_000)
  }

  @Test func noCounters() throws {
    var machine = SimulatedPMU.Machine()
    machine.hasCounters = false
    let pmu = SimulatedPMU(machine)
    let session = try CounterSession(["cycles", "task-clock"], threads: [1], interface: pmu)
    let readings = Self.sample(session, pmu)
    #expect(
      Self.reason(readings["cycles"])
        == "this machine has no hardware counters (perf_event_open: No such file or directory)")
    #expect(readings["task-clock"]?.total.value == 200_000)
    #expect(session.facts["counters.unavailable"]?.display.contains("no hardware") == true)
  }

  /// Where the kernel may not be observed, programs can; what only the kernel causes cannot be counted,
  /// though the kernel would report 0 for it.
  @Test func paranoia() throws {
    var machine = SimulatedPMU.Machine()
    machine.paranoid = true
    let pmu = SimulatedPMU(machine)
    let session = try CounterSession(
      ["cycles", "cycles:k", "context-switches", "page-faults"], threads: [1], interface: pmu)
    let readings = Self.sample(session, pmu)
    #expect(readings["cycles"]?.scope == .user && readings["cycles"]?.total.value == 100_000)
    #expect(readings["page-faults"]?.scope == .user)
    for event in ["context-switches", "cycles:k"] {
      #expect(readings[event]?.total.value == nil)
      #expect(Self.reason(readings[event]).contains("kernel.perf_event_paranoid"))
      #expect(Self.reason(readings[event]).contains("it happens in the kernel"))
    }
  }

  /// Real kernels report 0 for it.
  @Test func whatOnlyTheKernelDoesIsNotCountedInUserMode() throws {
    let pmu = SimulatedPMU()
    let session = try CounterSession(["context-switches:u"], threads: [1], interface: pmu)
    let reading = Self.sample(session, pmu)["context-switches:u"]
    #expect(reading?.total.value == nil && Self.reason(reading).contains("drop its ':u'"))
  }

  @Test func descriptorsRunOut() throws {
    var machine = SimulatedPMU.Machine()
    machine.descriptors = 3
    let pmu = SimulatedPMU(machine)
    let session = try CounterSession(["cycles", "instructions"], threads: [1, 2], interface: pmu)
    let reading = try #require(Self.sample(session, pmu)["cycles"])
    #expect(Self.reason(reading).hasPrefix("thread 2: no file descriptors are left"))
    #expect(reading.threads[0].count.value == 100_000)
    #expect(pmu.events.count == 2, "a group that opened in part is closed")
  }

  /// One sample's failure is not in the next one's count.
  @Test func aFailedReadIsOneSamples() throws {
    let pmu = SimulatedPMU()
    let session = try CounterSession(["cycles"], threads: [1], interface: pmu)
    #expect(Self.sample(session, pmu)["cycles"]?.total.value == 100_000)
    pmu.readFailures = [1: EIO]
    let failed = Self.sample(session, pmu)["cycles"]
    #expect(Self.reason(failed) == "thread 1: reading a group: Input/output error")
    pmu.readFailures = [:]
    #expect(Self.sample(session, pmu)["cycles"]?.total.value == 100_000)
    for group in pmu.groups.values { group.dropped = true }
    #expect(Self.reason(Self.sample(session, pmu)["cycles"]).contains("dropped its group"))
  }

  @Test func withoutThreadsNothingIsCounted() throws {
    let pmu = SimulatedPMU()
    let session = try CounterSession(["task-clock"], threads: [], interface: pmu)
    let readings = Self.sample(session, pmu, [:])
    #expect(Self.reason(readings["task-clock"]).contains("live only during a sample"))
    #expect(pmu.opens == 0)
  }

  @Test func everythingIsClosed() throws {
    let pmu = SimulatedPMU()
    do {
      let session = try CounterSession(
        ["cycles", "task-clock"], threads: [1, 2], interface: pmu)
      #expect(pmu.events.count == 4)
      session.begin()
    }
    #expect(pmu.events.isEmpty)
  }

  @Test func namesOfOtherMachinesAreNullAndMistakesAreErrors() throws {
    let pmu = SimulatedPMU()
    let foreign = "arm_none::X"
    #expect(throws: EventNameError.self) {
      try CounterSession([foreign], threads: [1], interface: pmu)
    }
    let absent = try #require(
      EventLibrary.pmus.first { !$0.isPresent && ["skx", "amd64_fam19h_zen3"].contains($0.name) })
    let name = absent.name == "skx" ? "skx::INST_RETIRED:ANY_P" : "amd64_fam19h_zen3::RETIRED_UOPS"
    let session = try CounterSession([name], threads: [1], interface: pmu)
    #expect(Self.reason(Self.sample(session, pmu)[name]).contains("is not this machine's"))
  }
}
