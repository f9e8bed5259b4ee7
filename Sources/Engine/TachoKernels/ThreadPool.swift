// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import Glibc
import Synchronization

/// Workers that divide one kernel launch at a time among themselves; the caller is worker 0.
///
/// Between launches workers spin briefly, because the next launch of a forward pass follows within
/// microseconds, then sleep so that an idle engine costs nothing.
package final class ThreadPool: @unchecked Sendable {
  package let threads: Int
  /// When set, every launch is timed and appended to it.
  package var recorder: LaunchRecorder?
  /// When set, some launches take longer on purpose.
  package var delay: InjectedDelay?
  /// When set, told of every worker's share of a launch; nil costs one branch.
  package var launchProbe: (any LaunchProbe)?

  /// Where the workers were to run; nil when that is left to the system.
  package let placement: ThreadPlacement?
  /// The kernel's id of the thread that made the pool, and the processors it could use before.
  let caller: Int32
  let callerProcessors: [Int32]
  /// What pinning each worker said: 0, or an error number.
  let pinning: UnsafeMutablePointer<Atomic<Int32>>

  private let generation = Atomic<Int>(0)
  private let finished = Atomic<Int>(0)
  /// How far each worker's share of the launch has been taken, a cache line apart.
  private let cursors: UnsafeMutablePointer<Atomic<Int>>
  private let sleepers = Atomic<Int>(0)
  private let stopping = Atomic<Bool>(false)
  private var job: ((Int) -> Void)?
  private var handles: [pthread_t] = []
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  /// The kernel's id of each worker's thread; 0 until it runs.
  private let identities: UnsafeMutablePointer<Atomic<Int32>>
  /// When each worker began and ended its share of the launch: two numbers, a cache line apart.
  private let times: AlignedBuffer<Int>

  private static let wordsPerLine = 8

  /// About 50 microseconds of spinning before a worker sleeps.
  private static let spins = 2_000

  /// The processors this process may run on.
  package static var availableProcessors: Int { max(1, Int(tk_available_processors())) }

  /// `threads` workers; 0 means one for each processor this process may run on.
  ///
  /// With a placement each worker is pinned to its processor, the caller among them until `shutDown`.
  package init(threads requested: Int = 0, placement: ThreadPlacement? = nil) {
    self.placement = placement
    caller = tk_thread_id()
    callerProcessors = ThreadAffinity.allowed()
    threads = requested > 0 ? requested : max(1, Self.availableProcessors)
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    times = AlignedBuffer(count: threads * Self.wordsPerLine)
    cursors = .allocate(capacity: threads * Self.wordsPerLine)
    identities = .allocate(capacity: threads)
    pinning = .allocate(capacity: threads)
    for index in 0..<threads {
      (identities + index).initialize(to: Atomic(0))
      (pinning + index).initialize(to: Atomic(0))
    }
    for index in 0..<threads * Self.wordsPerLine { (cursors + index).initialize(to: Atomic(0)) }
    pin(0)
    for index in 1..<max(1, threads) {
      let box = Unmanaged.passRetained(WorkerEntry(pool: self, index: index))
      var handle = pthread_t()
      let code = pthread_create(
        &handle, nil,
        { argument in
          guard let argument else { return nil }
          let entry = Unmanaged<WorkerEntry>.fromOpaque(argument).takeRetainedValue()
          entry.pool?.work(entry.index)
          return nil
        }, box.toOpaque())
      precondition(code == 0, "cannot start worker thread \(index) of \(threads)")
      handles.append(handle)
    }
  }

  /// Ends the workers; the pool must not be used afterwards.
  ///
  /// Workers hold no strong reference while they sleep between pools' lives, so owners call this
  /// instead of relying on `deinit`.
  package func shutDown() {
    guard !stopping.exchange(true, ordering: .acquiringAndReleasing) else { return }
    pthread_mutex_lock(mutex)
    generation.add(1, ordering: .releasing)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
    for handle in handles { pthread_join(handle, nil) }
    if isPinned { ThreadAffinity.set(callerProcessors, of: caller) }
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    cursors.deinitialize(count: threads * Self.wordsPerLine)
    cursors.deallocate()
    identities.deinitialize(count: threads)
    identities.deallocate()
    pinning.deinitialize(count: threads)
    pinning.deallocate()
    condition.deallocate()
    mutex.deallocate()
  }

  /// The kernel's id (gettid) of every worker's thread, for counters; worker 0 is the caller's.
  package var threadIDs: [Int32] {
    [tk_thread_id()]
      + (1..<max(1, threads)).map { worker in
        var identity = identities[worker].load(ordering: .acquiring)
        while identity == 0 {
          sched_yield()
          identity = identities[worker].load(ordering: .acquiring)
        }
        return identity
      }
  }

  /// Runs `body(worker, range)` over `0..<count` in ranges of `grain`, each from a multiple of it.
  ///
  /// Each worker goes through an equal, contiguous share from its start, so that it streams through
  /// memory; who is done first helps the others.
  package func launch(
    _ op: StaticString, count: Int, grain: Int,
    _ body: (_ worker: Int, _ range: Range<Int>) -> Void
  ) {
    guard count > 0 else { return }
    let enqueued = recorder == nil ? 0 : MonotonicClock.now()
    let recording = recorder != nil
    let delayed = delay?.ratio(for: op) ?? 0
    let grains = (count + grain - 1) / grain
    let probe = launchProbe
    func share(_ worker: Int) {
      probe?.began(worker: worker)
      let began = recording || delayed > 0 ? MonotonicClock.now() : 0
      if recording { times.pointer[worker * Self.wordsPerLine] = began }
      if threads == 1 || count <= grain {
        var first = 0
        while first < count {
          body(worker, first..<min(first + grain, count))
          first += grain
        }
      } else {
        for offset in 0..<threads {
          let owner = (worker + offset) % threads
          let end = min(count, grains * (owner + 1) / threads * grain)
          while true {
            let first = cursors[owner * Self.wordsPerLine].add(grain, ordering: .relaxed).oldValue
            if first >= end { break }
            body(worker, first..<min(first + grain, end))
          }
        }
      }
      if delayed > 0 { InjectedDelay.wait(since: began, ratio: delayed) }
      if recording { times.pointer[worker * Self.wordsPerLine + 1] = MonotonicClock.now() }
      probe?.ended(op, worker: worker)
    }
    if threads == 1 || count <= grain {
      share(0)
      if recording { note(op, enqueued, workers: 1) }
      return
    }
    for worker in 0..<threads {
      cursors[worker * Self.wordsPerLine].store(
        grains * worker / threads * grain, ordering: .relaxed)
    }
    withoutActuallyEscaping(share) { escaping in
      job = escaping
      finished.store(0, ordering: .relaxed)
      generation.add(1, ordering: .sequentiallyConsistent)
      if sleepers.load(ordering: .sequentiallyConsistent) > 0 {
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
      }
      escaping(0)
      var waited = 0
      while finished.load(ordering: .acquiring) < threads - 1 {
        tk_pause()
        waited += 1
        // A worker that lost its processor will not come back while we hold the only one.
        if waited % 4096 == 0 { sched_yield() }
      }
      job = nil
    }
    if recording { note(op, enqueued, workers: threads) }
  }

  private func note(_ op: StaticString, _ enqueued: Int, workers: Int) {
    recorder?.note(
      op, enqueueNs: enqueued, endNs: MonotonicClock.now(), workers: workers,
      times: times.pointer, stride: Self.wordsPerLine)
  }

  private func work(_ index: Int) {
    pin(index)
    identities[index].store(tk_thread_id(), ordering: .releasing)
    var seen = 0
    while true {
      var spun = 0
      while generation.load(ordering: .acquiring) == seen {
        if spun < Self.spins {
          tk_pause()
          spun += 1
          continue
        }
        sleep(until: seen)
      }
      seen += 1
      if stopping.load(ordering: .acquiring) { return }
      job?(index)
      finished.add(1, ordering: .releasing)
    }
  }

  private func sleep(until seen: Int) {
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    while generation.load(ordering: .sequentiallyConsistent) == seen {
      pthread_cond_wait(condition, mutex)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
  }
}

/// What a worker thread is started with.
private final class WorkerEntry {
  let pool: ThreadPool?
  let index: Int

  init(pool: ThreadPool, index: Int) {
    self.pool = pool
    self.index = index
  }
}
