// SPDX-License-Identifier: Apache-2.0
import Foundation
import Synchronization
import TachoKernels

/// Hands requests over at their times, from a thread of its own: what the engine does meanwhile does not
/// make them late, and how late they are is known.
///
/// The thread sleeps until just before a request is due and spins for the rest. It tells of a request by
/// raising a counter; times and order are fixed beforehand, so nothing else is shared.
final class LoadGenerator: @unchecked Sendable {
  /// When each request is due, ascending; nanoseconds of CLOCK_MONOTONIC.
  private let due: [Int]
  /// When each was handed over; written before `handedOver` counts it, never after.
  private let sent: AlignedBuffer<Int>
  private let handedOver = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private let preempts = Atomic<Bool>(false)
  private var thread: pthread_t?

  /// How long before a request is due the thread stops sleeping.
  ///
  /// The kernel may wake a sleeper 50 microseconds late (its timer slack), and waking takes a while. The
  /// rest is spun through without giving way: a thread that yields on a busy processor comes back
  /// milliseconds later.
  private static let spinNs = 120_000
  /// A sleeper looks this often whether it is to stop.
  private static let longestSleepNs = 20_000_000

  init(due: [Int]) {
    self.due = due
    sent = AlignedBuffer(count: max(1, due.count))
  }

  /// Starts the thread.
  func start() throws {
    guard !due.isEmpty else { return }
    let box = Unmanaged.passRetained(self)
    var handle = pthread_t()
    let code = pthread_create(
      &handle, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<LoadGenerator>.fromOpaque(argument).takeRetainedValue().generate()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      throw WorkloadError(
        .failed, "cannot start the load generator's thread: \(String(cString: strerror(code)))")
    }
    thread = handle
  }

  /// Ends the thread; requests not handed over yet never are.
  func stop() {
    stopping.store(true, ordering: .releasing)
    if let thread { pthread_join(thread, nil) }
    thread = nil
  }

  /// Whether the thread comes before all others when it wakes, which takes a privilege (CAP_SYS_NICE).
  ///
  /// On processors that the engine keeps busy it else waits for its turn, milliseconds now and then.
  var isRealTime: Bool { preempts.load(ordering: .acquiring) }

  /// How many requests have been handed over: those before this index.
  var count: Int { handedOver.load(ordering: .acquiring) }

  /// When a request that `count` includes was handed over.
  func sentNs(_ index: Int) -> Int { sent.pointer[index] }

  /// Returns when more than `known` requests have been handed over; nobody computes meanwhile.
  func wait(beyond known: Int) {
    guard known < due.count else { return }
    Self.sleep(until: due[known], orUntil: { self.count > known })
    var spins = 0
    while count <= known {
      spins += 1
      // The generator may need the only processor.
      if spins % 1024 == 0 { sched_yield() }
    }
  }

  private func generate() {
    var parameter = sched_param()
    parameter.sched_priority = 1
    preempts.store(
      pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameter) == 0, ordering: .releasing)
    for (index, time) in due.enumerated() {
      Self.sleep(until: time, orUntil: { self.stopping.load(ordering: .relaxed) })
      if stopping.load(ordering: .relaxed) { return }
      sent.pointer[index] = MonotonicClock.now()
      handedOver.store(index + 1, ordering: .releasing)
    }
  }

  /// Returns at `time`, or soon after `ended` says so.
  private static func sleep(until time: Int, orUntil ended: () -> Bool) {
    while !ended() {
      let now = MonotonicClock.now()
      if now >= time { return }
      let left = time - now - spinNs
      guard left > 0 else { continue }
      var duration = timespec(tv_sec: 0, tv_nsec: min(left, longestSleepNs))
      nanosleep(&duration, nil)
    }
  }
}
