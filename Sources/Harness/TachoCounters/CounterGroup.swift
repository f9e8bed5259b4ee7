// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoRecord

/// The same events on every thread, switched and read together.
final class CounterGroup {
  let events: [EncodedEvent]
  private let threads: [OneThread]

  /// One thread's descriptors with what they last read; or why there are none.
  private final class OneThread {
    let thread: Int32
    let group: ThreadGroup?
    let openFailure: PerfError?
    var sampleFailure: PerfError?
    /// Readings at the end of the last sample and of the one before: a disabled group stands still.
    var now: [UInt64]
    var before: [UInt64]

    init(
      _ events: [EncodedEvent], _ thread: Int32, _ interface: any PerfEventInterface, _ pages: Bool
    ) {
      self.thread = thread
      now = Array(repeating: 0, count: 2 + events.count)
      before = now
      do throws(PerfError) {
        group = try ThreadGroup(events, thread: thread, interface: interface, userPages: pages)
        openFailure = nil
      } catch {
        (group, openFailure) = (nil, error)
      }
    }

    /// Notes a failure instead of throwing it: the other threads go on.
    func attempt(_ body: (ThreadGroup) throws(PerfError) -> Void) {
      guard let group, sampleFailure == nil else { return }
      do throws(PerfError) {
        try body(group)
      } catch { sampleFailure = error }
    }

    func read() {
      attempt { group throws(PerfError) in
        var failure: PerfError?
        now.withUnsafeMutableBufferPointer { buffer in
          guard let base = buffer.baseAddress else { return }
          do throws(PerfError) { try group.read(into: base) } catch { failure = error }
        }
        if let failure { throw failure }
      }
    }
  }

  init(
    _ events: [EncodedEvent], threads: [Int32], interface: any PerfEventInterface, userPages: Bool
  ) {
    self.events = events
    self.threads = threads.map { OneThread(events, $0, interface, userPages) }
  }

  func begin() {
    for one in threads {
      let readAgain = one.sampleFailure != nil
      one.sampleFailure = nil
      if readAgain { one.read() }
      one.attempt { group throws(PerfError) in try group.enable() }
    }
  }

  func end() {
    for one in threads { one.attempt { group throws(PerfError) in try group.disable() } }
    for one in threads {
      one.before = one.now
      one.read()
    }
  }

  /// An event's count in the last sample on each thread.
  func counts(of event: EncodedEvent, hasCounters: Bool) -> [CounterReading.OnThread] {
    guard let place = events.firstIndex(of: event) else { return [] }
    return threads.map { one in
      let count: CounterCount
      if let error = one.openFailure ?? one.sampleFailure {
        count = .unavailable(
          CounterComplaint.text(
            error, event: event, hasCounters: hasCounters, thread: one.thread))
      } else {
        func delta(_ index: Int) -> Int { Int(clamping: one.now[index] &- one.before[index]) }
        count = CounterCount(raw: delta(2 + place), enabledNs: delta(0), runningNs: delta(1))
      }
      return CounterReading.OnThread(thread: Int(one.thread), count: count)
    }
  }

  /// Whether a thread ran in the last sample and the group never counted on it.
  var wasStarved: Bool {
    threads.contains { one in
      one.group != nil && one.sampleFailure == nil && one.now[0] != one.before[0]
        && one.now[1] == one.before[1]
    }
  }

  func scope(of event: EncodedEvent) -> CounterReading.Scope? {
    guard let place = events.firstIndex(of: event),
      let scope = threads.lazy.compactMap(\.group).first?.scopes[place]
    else { return nil }
    switch (scope.excludeUser, scope.excludeKernel) {
    case (false, false): return .userAndKernel
    case (false, true): return .user
    case (true, _): return .kernel
    }
  }

  var onThreads: [ThreadGroup?] { threads.map(\.group) }
}
