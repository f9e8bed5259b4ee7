// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TachoCounters
import TachoRecord
import Testing

/// The running kernel, counting what the test makes happen.
///
/// Software events need no counters of the
/// processor; where even they are forbidden the reason is checked instead.
@Suite(.serialized) struct KernelPerfEventsTests {
  static let names = [
    "task-clock", "page-faults", "context-switches", "cpu-migrations", "instructions",
  ]

  /// Counts the calling thread while the body runs.
  static func counting(_ body: () -> Void) throws -> [String: CounterReading] {
    let session = try CounterSession(names, threads: [gettid()])
    session.begin()
    body()
    session.end()
    return Dictionary(session.readings().map { ($0.event, $0) }) { $1 }
  }

  /// The kernel's id of the calling thread: the link is to `PID/task/TID`.
  static func gettid() -> Int32 {
    let path =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self")) ?? ""
    return path.split(separator: "/").last.flatMap { Int32($0) } ?? -1
  }

  static func processorNs() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// A value, or a check that its absence is explained; nil then.
  static func value(_ reading: CounterReading?) throws -> Double? {
    let reading = try #require(reading)
    if let value = reading.total.value { return value }
    #expect(reading.total.reason?.contains("perf_event_paranoid") == true, "\(reading)")
    return nil
  }

  @Test func touchedPagesAreFaults() throws {
    let pages = 1000
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let readings = try Self.counting {
      guard
        let memory = mmap(
          nil, pages * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
        memory != MAP_FAILED
      else { return }
      madvise(memory, pages * page, MADV_NOHUGEPAGE)
      for index in 0..<pages {
        memory.storeBytes(of: 1, toByteOffset: index * page, as: UInt8.self)
      }
      munmap(memory, pages * page)
    }
    guard let faults = try Self.value(readings["page-faults"]) else { return }
    #expect(faults >= Double(pages) && faults <= Double(pages + 16), "\(faults)")
    #expect(readings["page-faults"]?.total.validity == .measured)
  }

  @Test func sleepsAreContextSwitches() throws {
    let sleeps = 25
    let readings = try Self.counting {
      for _ in 0..<sleeps { usleep(500) }
    }
    guard let switches = try Self.value(readings["context-switches"]) else { return }
    #expect(switches >= Double(sleeps) && switches <= Double(sleeps * 4), "\(switches)")
    let migrations = try Self.value(readings["cpu-migrations"]) ?? 0
    #expect(migrations <= switches)
  }

  @Test func taskClockIsProcessorTime() throws {
    var spent = 0
    let readings = try Self.counting {
      let start = Self.processorNs()
      while Self.processorNs() - start < 20_000_000 {}
      usleep(20_000)
      spent = Self.processorNs() - start
    }
    guard let clock = try Self.value(readings["task-clock"]) else { return }
    #expect(abs(clock - Double(spent)) < 0.05 * Double(spent), "\(clock) ns of \(spent)")
  }

  /// Instructions are a number above 0, or absent with a reason; never 0.
  @Test func instructionsAreCountedOrExplained() throws {
    let readings = try Self.counting { _ = (0..<1000).reduce(0, ^) }
    let total = try #require(readings["instructions"]?.total)
    if let value = total.value {
      #expect(value > 1000)
    } else {
      #expect(total.validity == .unavailable && total.raw == nil)
      #expect(total.reason?.isEmpty == false)
    }
  }

  @Test func anotherThreadIsCountedAndOneThatEndedIsNot() throws {
    let worker = SpinningThread()
    let id = worker.id
    let session = try CounterSession(["task-clock"], threads: [Self.gettid(), id])
    session.begin()
    worker.spin(nanoseconds: 10_000_000)
    session.end()
    let reading = try #require(session.readings().first)
    if let value = try Self.value(reading) {
      #expect(reading.threads.last?.thread == Int(id))
      let counted = reading.threads.last?.count.value ?? 0
      // A little less than the thread's own clock says: switching to it and away from it is left out.
      #expect(value >= counted && counted >= 9_000_000, "\(counted) of \(value) ns")
    }
    worker.end()
    let late = try CounterSession(["task-clock"], threads: [Self.gettid(), id])
    late.begin()
    late.end()
    let absent = try #require(late.readings().first)
    if absent.threads.first?.count.value != nil {
      #expect(absent.total.value == nil && absent.total.reason?.contains("has ended") == true)
    }
  }

  @Test func whatCannotBeOpenedSaysWhy() {
    let kernel = KernelPerfEvents()
    let error = #expect(throws: PerfError.self) {
      try kernel.open(
        EncodedEvent(name: "none", type: EncodedEvent.software, config: 9999),
        scope: EventScope(excludeUser: false, excludeKernel: true), thread: 0, leader: nil)
    }
    #expect(error?.call == "perf_event_open" && error?.code != 0)
  }
}
