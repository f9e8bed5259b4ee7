// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Foundation
import Glibc
import TachoRecord
import TachoWorkloads
import Testing

/// Allocations are counted to the last one, on all threads, and only in the timed region.
@Suite struct AllocationsCollectorTests {
  static let threads = 6
  static let perThread = 1_000

  /// What the threads share: each allocates blocks of growing size between the last two barriers.
  private struct Shared {
    var ready = pthread_barrier_t()
    var begin = pthread_barrier_t()
    var end = pthread_barrier_t()
  }

  /// What is counted while other threads allocate so much; whatever else the process does adds to it.
  private func counted() -> (calls: UInt64, bytes: UInt64) {
    let shared = UnsafeMutablePointer<Shared>.allocate(capacity: 1)
    shared.initialize(to: Shared())
    defer { shared.deallocate() }
    pthread_barrier_init(&shared.pointee.ready, nil, UInt32(Self.threads + 1))
    pthread_barrier_init(&shared.pointee.begin, nil, UInt32(Self.threads + 1))
    pthread_barrier_init(&shared.pointee.end, nil, UInt32(Self.threads + 1))
    let handles: [pthread_t] = (0..<Self.threads).map { _ in
      var handle = pthread_t()
      pthread_create(
        &handle, nil,
        { argument in
          guard let shared = argument?.assumingMemoryBound(to: Shared.self) else { return nil }
          // A thread's own first allocation is not among those counted.
          free(malloc(1))
          pthread_barrier_wait(&shared.pointee.ready)
          pthread_barrier_wait(&shared.pointee.begin)
          for index in 0..<AllocationsCollectorTests.perThread {
            let size = 24 + index
            var block: UnsafeMutableRawPointer?
            switch index % 4 {
            case 0: block = malloc(size)
            case 1: block = calloc(1, size)
            case 2: posix_memalign(&block, 64, size)
            default: block = realloc(nil, size)
            }
            block?.storeBytes(of: 1, as: UInt8.self)
            free(block)
          }
          pthread_barrier_wait(&shared.pointee.end)
          return nil
        }, shared)
      return handle
    }
    pthread_barrier_wait(&shared.pointee.ready)
    let before = tacho_heap_counts_now()
    pthread_barrier_wait(&shared.pointee.begin)
    pthread_barrier_wait(&shared.pointee.end)
    let after = tacho_heap_counts_now()
    for handle in handles { pthread_join(handle, nil) }
    return (after.calls - before.calls, after.bytes - before.bytes)
  }

  static let isCounted = tacho_heap_uncounted() == nil

  @Test(.enabled(if: isCounted, "this build does not count allocations"))
  func everyAllocationOfEveryThreadIsCounted() {
    // What the process does besides adds to it: the least of a few is what was allocated on purpose.
    let counts = (0..<10).map { _ in counted() }
    let bytes = (0..<Self.perThread).reduce(0) { $0 + 24 + $1 }
    #expect(counts.map(\.calls).min() == UInt64(Self.threads * Self.perThread), "\(counts)")
    #expect(counts.map(\.bytes).min() == UInt64(Self.threads * bytes), "\(counts)")
  }

  @Test(.enabled(if: isCounted, "this build does not count allocations"))
  func aSampleHasThoseOfItsRegion() throws {
    let meter = try SampleMeter()
    func sample(_ blocks: Int) -> Observation {
      var kept: [UnsafeMutableRawPointer?] = Array(repeating: nil, count: blocks)
      free(malloc(100))
      meter.start()
      for index in 0..<blocks { kept[index] = malloc(10) }
      var observation = meter.stop()
      kept.forEach { free($0) }
      observation.iterations = 5
      return observation
    }
    let least = (0..<10).map { _ in sample(35) }.min {
      ($0.heap?.allocations ?? .max) < ($1.heap?.allocations ?? .max)
    }
    let observation = try #require(least)
    #expect(observation.heap == HeapReading(allocations: 35, bytes: 350))
    let readings = Dictionary(
      MetricRules.measurements(of: observation).map { ($0.metric.id, $0.reading) }
    ) { first, _ in first }
    #expect(readings["os/allocations"] == .value(7))
    #expect(readings["os/allocated-bytes"] == .value(70))
  }

  @Test func withoutCountsThereIsAReason() {
    var observation = Observation(startNs: 0, endNs: 1)
    #expect(OSAllocations.reading(of: observation) == nil)
    observation.heap = HeapReading(unavailable: "another allocator")
    #expect(OSAllocations.reading(of: observation) == .unavailable("another allocator"))
    #expect(OSAllocatedBytes.reading(of: observation) == .unavailable("another allocator"))
  }

  @Test(.enabled(if: isCounted, "this build does not count allocations"))
  func aChildGoesOnCounting() throws {
    // The copy's counters go on where they were; its answer comes back as its exit status.
    let process = countedInChild(blocks: 17)
    #expect(process == 17)
  }

  /// Forks; the child allocates and ends with what it counted.
  private func countedInChild(blocks: Int) -> Int32 {
    typealias Fork = @convention(c) () -> Int32
    guard let address = dlsym(nil, "fork") else { return -1 }
    let child = unsafeBitCast(address, to: Fork.self)()
    if child == 0 {
      let before = tacho_heap_counts_now().calls
      for _ in 0..<blocks { free(malloc(10)) }
      _exit(Int32(truncatingIfNeeded: tacho_heap_counts_now().calls - before))
    }
    var status: Int32 = 0
    guard child > 0, waitpid(child, &status, 0) == child, status & 0x7f == 0 else { return -1 }
    return (status >> 8) & 0xff
  }
}
