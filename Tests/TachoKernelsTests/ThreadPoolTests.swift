// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization
import TachoKernels
import Testing

/// The pool does every index once, whatever it is asked, and its times make sense.
@Suite(.serialized) struct ThreadPoolTests {
  @Test(arguments: [1, 2, 3, 7])
  func everyIndexRunsExactlyOnce(_ threads: Int) {
    let pool = ThreadPool(threads: threads)
    defer { pool.shutDown() }
    #expect(pool.threads == threads)
    var random = TestRandom(seed: UInt64(threads))
    for launch in 0..<600 {
      let count = launch < 20 ? launch : Int(random.next() % 2000)
      let grain = 1 + Int(random.next() % 70)
      let hits = AlignedBuffer<UInt8>(count: count)
      let bad = Atomic<Int>(0)
      pool.launch("test", count: count, grain: grain) { worker, range in
        let fits =
          range.count <= grain && range.lowerBound % grain == 0 && range.upperBound <= count
        if !fits || worker < 0 || worker >= threads { bad.add(1, ordering: .relaxed) }
        for index in range { hits.pointer[index] &+= 1 }
      }
      let complete = hits.buffer.allSatisfy { $0 == 1 } && bad.load(ordering: .relaxed) == 0
      #expect(complete, "launch \(launch): \(count) in grains of \(grain) on \(threads) threads")
    }
  }

  /// Thousands of launches that each read what the one before wrote: a lost wake-up hangs, a worker
  /// that runs ahead gives a wrong sum.
  @Test func launchesFollowEachOther() {
    let pool = ThreadPool(threads: 3)
    defer { pool.shutDown() }
    let values = AlignedBuffer<Int>(count: 64)
    for launch in 0..<5000 {
      pool.launch("test", count: 64, grain: 1 + launch % 9) { _, range in
        for index in range { values.pointer[index] += 1 }
      }
    }
    #expect(values.buffer.allSatisfy { $0 == 5000 })
  }

  /// Pauses around the time a worker spins before it sleeps, so that launches meet it in every state.
  @Test func workersWakeFromSleep() {
    let pool = ThreadPool(threads: 4)
    defer { pool.shutDown() }
    let done = Atomic<Int>(0)
    let pauses: [UInt32] = [0, 1, 20, 50, 60, 100, 300, 5000]
    for round in 0..<160 {
      usleep(pauses[round % pauses.count])
      pool.launch("test", count: 40, grain: 1) { _, range in
        done.add(range.count, ordering: .relaxed)
      }
      #expect(done.load(ordering: .relaxed) == 40 * (round + 1))
    }
  }

  @Test func sleepingWorkersUseNoProcessor() {
    let pool = ThreadPool(threads: 4)
    defer { pool.shutDown() }
    let clocks = AlignedBuffer<clockid_t>(count: 4)
    let arrived = Atomic<Int>(0)
    pool.launch("test", count: 4, grain: 1) { worker, _ in
      pthread_getcpuclockid(pthread_self(), clocks.pointer + worker)
      // Nobody leaves before all are here, so that each worker takes one index.
      arrived.add(1, ordering: .relaxed)
      while arrived.load(ordering: .relaxed) < 4 { sched_yield() }
    }
    usleep(20_000)
    // A worker that spins for ever would take its share of two processors: tens of milliseconds.
    let before = processorSeconds(clocks.buffer.dropFirst())
    usleep(100_000)
    #expect(processorSeconds(clocks.buffer.dropFirst()) - before < 0.005)
  }

  /// More threads than processors, so that workers lose theirs in the middle of a launch.
  @Test func moreThreadsThanProcessors() {
    let threads = 4 * ThreadPool.availableProcessors + 1
    let pool = ThreadPool(threads: threads)
    defer { pool.shutDown() }
    let total = Atomic<Int>(0)
    for _ in 0..<100 {
      pool.launch("test", count: 97, grain: 2) { _, range in
        total.add(range.reduce(0, +), ordering: .relaxed)
      }
    }
    #expect(total.load(ordering: .relaxed) == 100 * 97 * 96 / 2)
  }

  @Test func shutDownMayComeTwiceAndEndsItsThreads() {
    let before = liveThreads()
    for round in 0..<20 {
      let pool = ThreadPool(threads: 5)
      if round % 2 == 0 { pool.launch("test", count: 9, grain: 1) { _, _ in } }
      if round % 3 == 0 { usleep(2000) }
      pool.shutDown()
      pool.shutDown()
    }
    // Other suites run at the same time, so only a leak of most of the 80 is certain.
    #expect(liveThreads() < before + 40)
  }

  @Test func zeroThreadsMeansOneForEachProcessor() {
    let pool = ThreadPool()
    defer { pool.shutDown() }
    #expect(pool.threads == ThreadPool.availableProcessors)
  }

  @Test(arguments: [1, 3])
  func recordedTimesAreOrdered(_ threads: Int) {
    let pool = ThreadPool(threads: threads)
    defer { pool.shutDown() }
    let recorder = LaunchRecorder()
    let ops: [StaticString] = ["first", "second", "a.third.with.a.longer.name"]
    pool.recorder = recorder
    let start = MonotonicClock.now()
    for launch in 0..<200 {
      recorder.layer = Int32(launch % 5)
      recorder.step = launch / 5
      pool.launch(ops[launch % 3], count: launch, grain: 3) { _, range in
        var sum = 0.0
        for index in range { sum += Double(index).squareRoot() }
        withExtendedLifetime(sum) {}
      }
    }
    let end = MonotonicClock.now()
    let trace = recorder.take()
    // The launch of nothing is not recorded.
    #expect(trace.launches.count == 199)
    var last = start
    var numbers = trace.workerNs[...]
    for (index, launch) in trace.launches.enumerated() {
      #expect(launch.op.description == ops[(index + 1) % 3].description)
      #expect(launch.layer == (index + 1) % 5 && launch.step == (index + 1) / 5)
      // What fits into one grain is done by the caller alone.
      #expect(launch.workers == (index + 1 <= 3 ? 1 : Int32(threads)))
      #expect(last <= launch.enqueueNs)
      for _ in 0..<launch.workers {
        let pair = Array(numbers.prefix(2))
        numbers = numbers.dropFirst(2)
        #expect(launch.enqueueNs <= pair[0] && pair[0] <= pair[1] && pair[1] <= launch.endNs)
      }
      last = launch.endNs
    }
    #expect(numbers.isEmpty)
    #expect(last <= end)
    #expect(recorder.take().launches.isEmpty && recorder.step == 0 && recorder.layer == -1)
  }

  /// How the parts of a launch's time are told apart: a slow worker shows in its own times.
  @Test func aSlowPartShowsInTheEndTimes() throws {
    let pool = ThreadPool(threads: 2)
    defer { pool.shutDown() }
    let recorder = LaunchRecorder()
    pool.recorder = recorder
    pool.launch("slow", count: 2, grain: 1) { _, range in
      if range.lowerBound == 0 { usleep(20_000) }
    }
    let trace = recorder.take()
    let launch = try #require(trace.launches.first)
    let lengths = [trace.workerNs[1] - trace.workerNs[0], trace.workerNs[3] - trace.workerNs[2]]
    #expect(lengths.contains { $0 >= 20_000_000 })
    #expect(launch.endNs - launch.enqueueNs < 5_000_000_000)
  }

  /// A delay makes the work of the named launches longer by its share, and of no others.
  @Test func injectedDelays() {
    // Who of several takes which grain is chance.
    let pool = ThreadPool(threads: 1)
    defer { pool.shutDown() }
    let recorder = LaunchRecorder()
    pool.recorder = recorder
    func times(_ delay: InjectedDelay?) -> [String: Int] {
      pool.delay = delay
      recorder.discard()
      for _ in 0..<40 {
        for op: StaticString in ["matmul.down", "matmuls", "matmul"] {
          pool.launch(op, count: 1, grain: 1) { _, _ in
            let end = MonotonicClock.now() + 200_000
            while MonotonicClock.now() < end {}
          }
        }
      }
      let trace = recorder.take()
      var shortest: [String: Int] = [:]
      for (index, launch) in trace.launches.enumerated() {
        let took = trace.workerNs[2 * index + 1] - trace.workerNs[2 * index]
        let name = launch.op.description
        shortest[name] = min(shortest[name] ?? .max, took)
      }
      return shortest
    }
    let plain = times(nil)
    let delayed = times(InjectedDelay(op: "matmul", ratio: 0.5))
    for op in ["matmul.down", "matmul"] {
      let ratio = Double(delayed[op] ?? 0) / Double(plain[op] ?? 1)
      #expect(ratio > 1.45 && ratio < 2.2, "\(op): \(ratio)")
    }
    let other = Double(delayed["matmuls"] ?? 0) / Double(plain["matmuls"] ?? 1)
    #expect(other < 1.3, "\(other)")
    let second = InjectedDelay(op: "matmul", ratio: 0.5, every: 2)
    second.step = 1
    #expect(Double(times(second)["matmul"] ?? 0) / Double(plain["matmul"] ?? 1) < 1.3)
  }

  private func liveThreads() -> Int {
    guard let directory = opendir("/proc/self/task") else { return 0 }
    defer { closedir(directory) }
    var count = 0
    while readdir(directory) != nil { count += 1 }
    return count
  }

  private func processorSeconds(_ clocks: some Sequence<clockid_t>) -> Double {
    clocks.reduce(0) { total, clock in
      var time = timespec()
      clock_gettime(clock, &time)
      return total + Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
  }
}
