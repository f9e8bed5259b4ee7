// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoCounters
import TachoRecord
import Testing

/// How events are divided into groups, on simulated processors.
@Suite struct CounterGroupsTests {
  static func hardware(_ config: UInt64) -> EncodedEvent {
    EncodedEvent(name: "hw\(config)", type: EncodedEvent.hardware, config: config)
  }

  static func software(_ config: UInt64) -> EncodedEvent {
    EncodedEvent(name: "sw\(config)", type: EncodedEvent.software, config: config)
  }

  static func names(_ groups: CounterGroups) -> [[String]] { groups.turns.map { $0.map(\.name) } }

  @Test func whatFitsIsOneGroup() {
    let pmu = SimulatedPMU()
    let groups = CounterGroups(
      [1, 0, 3, 5].map(Self.hardware) + [Self.software(1)], thread: 7, interface: pmu)
    #expect(Self.names(groups) == [["hw1", "hw0", "hw3", "hw5"]])
    #expect(groups.always.map(\.name) == ["sw1"] && groups.refused.isEmpty)
    #expect(pmu.events.isEmpty, "trying leaves nothing open")
  }

  @Test func whatDoesNotFitTakesTurnsAndInstructionsJoinThemAll() {
    var machine = SimulatedPMU.Machine()
    machine.programmable = 2
    let groups = CounterGroups(
      [1, 0, 2, 3, 4, 5, 6].map(Self.hardware), thread: 7, interface: SimulatedPMU(machine))
    #expect(
      Self.names(groups) == [
        ["hw1", "hw0", "hw2", "hw3"], ["hw1", "hw4", "hw5"], ["hw1", "hw6"],
      ])
  }

  /// One counter and none fixed: every event alone, for instructions leave no room beside them.
  @Test func oneCounter() {
    var machine = SimulatedPMU.Machine()
    (machine.programmable, machine.fixed) = (1, [])
    let groups = CounterGroups(
      [0, 1, 3].map(Self.hardware), thread: 7, interface: SimulatedPMU(machine))
    #expect(Self.names(groups) == [["hw0"], ["hw1"], ["hw3"]])
  }

  @Test func aMachineWithoutCountersRefusesThem() {
    var machine = SimulatedPMU.Machine()
    machine.hasCounters = false
    let groups = CounterGroups(
      [Self.hardware(0), Self.software(2)], thread: 7, interface: SimulatedPMU(machine))
    #expect(groups.turns.isEmpty && groups.always == [Self.software(2)])
    #expect(groups.refused.map(\.event) == [Self.hardware(0)])
    #expect(groups.refused.first?.error.code == ENOENT)
  }

  @Test func halvesKeepInstructions() {
    func halves(_ configs: [UInt64]) -> [[String]]? {
      CounterGroups.halves(of: configs.map(Self.hardware)).map { $0.map { $0.map(\.name) } }
    }
    #expect(halves([1, 0, 3, 5, 6]) == [["hw1", "hw0", "hw3"], ["hw1", "hw5", "hw6"]])
    #expect(halves([0, 3, 5]) == [["hw0", "hw3"], ["hw5"]])
    #expect(halves([1, 3]) == [["hw1"], ["hw3"]])
    #expect(halves([1]) == nil)
  }

  /// Property: whatever the processor, every event is in some group or refused, and every group fits.
  @Test(arguments: 0..<50) func everyEventIsSomewhere(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
    func random(_ bound: UInt64) -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (state >> 33) % bound
    }
    var machine = SimulatedPMU.Machine()
    machine.programmable = Int(random(6))
    machine.fixed = Set((0..<random(4)).map { _ in random(8) })
    let events = (0..<10).filter { _ in random(3) > 0 }.map { Self.hardware(UInt64($0)) }
    let groups = CounterGroups(events, thread: 1, interface: SimulatedPMU(machine))
    let placed = Set(groups.turns.flatMap(\.self) + groups.refused.map(\.event))
    #expect(placed == Set(events), "seed \(seed)")
    for group in groups.turns {
      let needed = group.count { !machine.fixed.contains($0.config) }
      #expect(!group.isEmpty && needed <= machine.programmable, "seed \(seed)")
      #expect(Set(group).count == group.count, "seed \(seed)")
    }
  }
}
