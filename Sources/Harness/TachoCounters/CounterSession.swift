// SPDX-License-Identifier: Apache-2.0
import Glibc
package import TachoCatalog
package import TachoRecord

/// Counts events on some threads over one sample after another.
///
/// Every thread has descriptors of its own, because a counter does not follow threads that exist when
/// it is opened. Software events count in every sample; groups of the processor's take turns.
package final class CounterSession {
  /// What became of one of the events asked for.
  private struct Slot {
    let name: String
    let event: EncodedEvent?
    var reason: String?
  }

  package let threads: [Int32]
  private let interface: any PerfEventInterface
  private let userPages: Bool
  private let hasCounters: Bool
  private var slots: [Slot] = []
  private var always: CounterGroup?
  private var turns: [CounterGroup] = []
  private var turn = 0
  private var sampled = false

  /// Prepares to count `names` on `threads`; throws only for a name that no machine has.
  ///
  /// `userPages` lets single groups be read by their threads without the kernel where that is possible.
  package init(
    _ names: [String], threads: [Int32], interface: any PerfEventInterface = KernelPerfEvents(),
    userPages: Bool = false
  ) throws {
    self.threads = threads
    self.interface = interface
    self.userPages = userPages
    var events: [EncodedEvent] = []
    for name in names {
      switch try EventName.meaning(of: name) {
      case .event(let event) where event.isKernelsOwn && event.excludeKernel:
        slots.append(
          Slot(
            name: name, event: event,
            reason: "it happens in the kernel alone, which the name leaves out: drop its ':u'"))
      case .event(let event):
        events.append(event)
        slots.append(Slot(name: name, event: event))
      case .absent(let reason): slots.append(Slot(name: name, event: nil, reason: reason))
      }
    }
    guard let first = threads.first else {
      hasCounters = false
      for index in slots.indices where slots[index].reason == nil {
        slots[index].reason = "the threads of this work live only during a sample"
      }
      return
    }
    hasCounters = Self.counts(EncodedEvent(name: "cycles", type: 0, config: 0), first, interface)
    let groups = CounterGroups(events, thread: first, interface: interface)
    for (event, error) in groups.refused {
      for index in slots.indices where slots[index].event == event {
        slots[index].reason = CounterComplaint.text(error, event: event, hasCounters: hasCounters)
      }
    }
    always = groups.always.isEmpty ? nil : open(groups.always)
    turns = groups.turns.map { open($0) }
  }

  private func open(_ events: [EncodedEvent]) -> CounterGroup {
    CounterGroup(events, threads: threads, interface: interface, userPages: userPages)
  }

  private static func counts(
    _ event: EncodedEvent, _ thread: Int32, _ interface: any PerfEventInterface
  ) -> Bool {
    do throws(PerfError) {
      _ = try ThreadGroup([event], thread: thread, interface: interface)
      return true
    } catch { return !error.isMissing }
  }

  /// The group of the processor's events whose turn it is.
  private var current: CounterGroup? { turns.isEmpty ? nil : turns[turn] }

  /// Starts counting; the last thing before the clock.
  package func begin() {
    if sampled, !turns.isEmpty, !divideStarved() { turn = (turn + 1) % turns.count }
    sampled = true
    always?.begin()
    current?.begin()
  }

  /// Stops counting; the first thing after the clock.
  package func end() {
    current?.end()
    always?.end()
  }

  /// What the last sample came to, one reading for each event asked for, in that order.
  package func readings() -> [CounterReading] {
    slots.map { slot in
      guard let event = slot.event, slot.reason == nil else {
        return CounterReading(
          event: slot.name, quantity: slot.event?.quantity,
          total: .unavailable(slot.reason ?? "unknown"))
      }
      guard let (group, number) = group(of: event) else {
        return CounterReading(
          event: slot.name, quantity: event.quantity, group: homeTurn(of: event),
          total: .unavailable(offTurn(event)))
      }
      let counts = group.counts(of: event, hasCounters: hasCounters)
      return CounterReading(
        event: slot.name, quantity: event.quantity, scope: group.scope(of: event), group: number,
        total: .sum(counts.map(\.count)), threads: counts)
    }
  }

  /// The active group that an event is counted in, and its number: 0 is always counted.
  private func group(of event: EncodedEvent) -> (CounterGroup, Int)? {
    if let always, always.events.contains(event) { return (always, 0) }
    if let current, current.events.contains(event) { return (current, turn + 1) }
    return nil
  }

  private func homeTurn(of event: EncodedEvent) -> Int? {
    turns.firstIndex { $0.events.contains(event) }.map { $0 + 1 }
  }

  private func offTurn(_ event: EncodedEvent) -> String {
    "not counted in this sample: group \(homeTurn(of: event) ?? 0) of \(turns.count) takes turns"
  }

  /// Divides the last sample's group when it never got its counters: the next turn is its first half's.
  private func divideStarved() -> Bool {
    guard let current, current.wasStarved,
      let halves = CounterGroups.halves(of: current.events)
    else { return false }
    turns[turn] = open(halves[0])
    turns.insert(open(halves[1]), at: turn + 1)
    return true
  }
}

extension CounterSession {
  /// Each event asked for, and why it cannot be counted here if so.
  package var availability: [(event: String, reason: String?)] {
    slots.map { ($0.name, $0.reason) }
  }

  /// What can be counted here and how; for the run's facts.
  package var facts: [String: ConfigurationValue] {
    func names(_ group: CounterGroup) -> ConfigurationValue {
      .array(group.events.map { .string($0.name) })
    }
    var facts: [String: ConfigurationValue] = ["counters.threads": .int(threads.count)]
    if !turns.isEmpty { facts["counters.groups"] = .array(turns.map(names)) }
    if let always { facts["counters.always"] = names(always) }
    let missing = slots.compactMap { slot in slot.reason.map { (slot.name, $0) } }
    if !missing.isEmpty {
      facts["counters.unavailable"] = .object(
        Dictionary(missing.map { ($0.0, .string($0.1)) }) { $1 })
    }
    return facts
  }

  /// The groups to read around launches, one for each thread in their order: the processor's events
  /// whose turn it is, else the software events.
  ///
  /// Nil stands in place of a thread without.
  package var launchGroups: [ThreadGroup?] {
    (current ?? always)?.onThreads ?? threads.map { _ in nil }
  }

  /// An event's count around launches, one for each thread that shared in them: `sums` are enabled ns,
  /// running ns and the raw counts of the thread's group.
  package func launchReadings(
    op: String, launches: Int, sums: [(thread: Int, values: [UInt64])], failure: PerfError?
  ) -> [KernelCounterReading] {
    let counted = current ?? always
    return slots.map { slot in
      func reading(_ count: CounterCount, group: Int? = nil, scope: CounterReading.Scope? = nil)
        -> KernelCounterReading
      {
        KernelCounterReading(
          op: op, launches: launches, event: slot.name, scope: scope, group: group, count: count)
      }
      guard let event = slot.event, slot.reason == nil else {
        return reading(.unavailable(slot.reason ?? "unknown"))
      }
      guard let counted, let place = counted.events.firstIndex(of: event) else {
        let reason =
          event.isSoftware
          ? "around launches only the processor's events are counted, where there are any"
          : offTurn(event)
        return reading(.unavailable(reason), group: event.isSoftware ? 0 : homeTurn(of: event))
      }
      let group = turns.isEmpty ? 0 : turn + 1
      let scope = counted.scope(of: event)
      if let failure {
        let text = CounterComplaint.text(failure, event: event, hasCounters: hasCounters)
        return reading(.unavailable(text), group: group, scope: scope)
      }
      let counts = sums.map { sum in
        CounterCount(
          raw: Int(clamping: sum.values[2 + place]), enabledNs: Int(clamping: sum.values[0]),
          runningNs: Int(clamping: sum.values[1]))
      }
      return reading(.sum(counts), group: group, scope: scope)
    }
  }
}
