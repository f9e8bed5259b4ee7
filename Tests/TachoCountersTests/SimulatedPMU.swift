// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoCounters

/// A kernel with a processor of few counters: what `perf_event_open` does, on time that tests advance.
final class SimulatedPMU: PerfEventInterface, @unchecked Sendable {
  /// What the processor and the kernel are like.
  struct Machine {
    var programmable = 4
    /// Events (type 0) with a counter of their own.
    var fixed: Set<UInt64> = [0, 1]
    /// No counters at all: ENOENT.
    var hasCounters = true
    /// Counting in the kernel is refused with EACCES.
    var paranoid = false
    var descriptors = 1000
    /// Counters that something else holds for good: groups that need them are accepted, never counted.
    var held = 0
    /// The share of the time that hardware groups get their counters.
    var share = 1.0
    /// The kernel hands out members' values in another order.
    var shuffled = false
  }

  final class Event {
    let encoded: EncodedEvent
    let scope: EventScope
    let thread: Int32
    let leader: Int32
    let id: UInt64
    var raw = 0.0
    init(
      _ encoded: EncodedEvent, _ scope: EventScope, _ thread: Int32, _ leader: Int32, _ id: UInt64
    ) {
      (self.encoded, self.scope, self.thread, self.leader, self.id) = (
        encoded, scope, thread, leader, id
      )
    }
  }

  final class Group {
    var enabled = false
    var enabledNs = 0.0
    var runningNs = 0.0
    var dropped = false
    var members: [Int32] = []
  }

  var machine: Machine
  var gone: Set<Int32> = []
  var readFailures: [Int32: Int32] = [:]
  private(set) var events: [Int32: Event] = [:]
  private(set) var groups: [Int32: Group] = [:]
  private var nextDescriptor: Int32 = 100
  private var nextID: UInt64 = 5000
  private(set) var opens = 0

  init(_ machine: Machine = Machine()) { self.machine = machine }

  /// Events per microsecond: config + 1 tenths, so that each differs.
  static func rate(_ event: EncodedEvent) -> Double { Double(event.config + 1) * 100 }

  private func programmable(_ events: [EncodedEvent]) -> Int {
    events.count { !$0.isSoftware && !($0.type == 0 && machine.fixed.contains($0.config)) }
  }

  func open(
    _ event: EncodedEvent, scope: EventScope, thread: Int32, leader: Int32?
  ) throws(PerfError) -> Int32 {
    func fail(_ code: Int32) -> PerfError { PerfError(code, in: "perf_event_open") }
    opens += 1
    if !event.isSoftware, !machine.hasCounters { throw fail(ENOENT) }
    if gone.contains(thread) { throw fail(ESRCH) }
    if machine.paranoid, !scope.excludeKernel { throw fail(EACCES) }
    if events.count >= machine.descriptors { throw fail(EMFILE) }
    let members = (leader.flatMap { groups[$0]?.members } ?? []).compactMap { events[$0]?.encoded }
    if programmable(members + [event]) > machine.programmable {
      throw fail(leader == nil ? ENOSPC : EINVAL)
    }
    let descriptor = nextDescriptor
    nextDescriptor += 1
    nextID += 1
    events[descriptor] = Event(event, scope, thread, leader ?? descriptor, nextID)
    let group = leader.flatMap { groups[$0] } ?? Group()
    group.members.append(descriptor)
    groups[leader ?? descriptor] = group
    return descriptor
  }

  func id(of descriptor: Int32) throws(PerfError) -> UInt64 {
    guard let event = events[descriptor] else { throw PerfError(EBADF, in: "ioctl") }
    return event.id
  }

  func enable(group leader: Int32) throws(PerfError) { try group(leader).enabled = true }

  func disable(group leader: Int32) throws(PerfError) { try group(leader).enabled = false }

  private func group(_ leader: Int32) throws(PerfError) -> Group {
    guard let group = groups[leader] else { throw PerfError(EBADF, in: "ioctl") }
    return group
  }

  func read(
    group leader: Int32, into words: UnsafeMutableBufferPointer<UInt64>
  ) throws(PerfError) -> Int {
    let group = try group(leader)
    if let code = readFailures[events[leader]?.thread ?? 0] {
      throw PerfError(code, in: "reading a group")
    }
    if group.dropped { return 0 }
    words[0] = UInt64(group.members.count)
    words[1] = UInt64(group.enabledNs)
    words[2] = UInt64(group.runningNs)
    let order = machine.shuffled ? group.members.reversed() : group.members
    for (place, member) in order.enumerated() {
      words[3 + 2 * place] = UInt64(events[member]?.raw ?? 0)
      words[4 + 2 * place] = events[member]?.id ?? 0
    }
    return 3 + 2 * group.members.count
  }

  func userPage(of descriptor: Int32) -> UnsafeRawPointer? { nil }

  func release(userPage: UnsafeRawPointer) {}

  func close(_ descriptor: Int32) {
    guard let event = events.removeValue(forKey: descriptor) else { return }
    groups[event.leader]?.members.removeAll { $0 == descriptor }
    if event.leader == descriptor { groups[descriptor] = nil }
  }

  /// Lets a thread run.
  func run(_ thread: Int32, microseconds: Double) {
    for (leader, group) in groups where group.enabled && events[leader]?.thread == thread {
      let members = group.members.compactMap { events[$0] }
      let needed = programmable(members.map(\.encoded))
      let isSoftware = members.allSatisfy(\.encoded.isSoftware)
      let fits = needed <= machine.programmable - machine.held
      let running = isSoftware ? 1 : fits ? machine.share : 0
      group.enabledNs += microseconds * 1000
      group.runningNs += microseconds * 1000 * running
      for member in members { member.raw += Self.rate(member.encoded) * microseconds * running }
    }
  }
}
