// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoRecord

/// One run of a load: the engine's loop, with requests joining between its passes.
///
/// Arrivals with a time come from the generator's thread; those of a closed loop are handed over here when
/// another request is done, because that is when their place became free.
final class ServeSession {
  private let plan: LoadPlan
  private let scheduler: Scheduler
  private let requests: [Request]
  private(set) var records: [RequestRecord]
  private var tokens: [[Int32]]
  private var submitted = 0
  private var ended = 0
  private let closedLoop: Bool
  /// Whether the load generator's thread was given real-time priority.
  private(set) var generatorIsRealTime = false

  /// - Parameter prefix: a sequence that holds the plan's shared prefix.
  init(
    _ plan: LoadPlan, scheduler: Scheduler, closedLoop: Bool, stopTokens: Set<Int32>,
    prefix: SequenceID?, sampler: (_ index: Int) throws -> Sampler
  ) throws {
    self.plan = plan
    self.scheduler = scheduler
    self.closedLoop = closedLoop
    requests = try plan.items.enumerated().map { index, item in
      Request(
        id: index, prompt: item.prompt, outputLimit: item.outputLimit,
        sampler: try sampler(index), stopTokens: stopTokens, prefix: prefix)
    }
    // Everything is reserved here, so that the run itself does not allocate for bookkeeping.
    records = plan.items.map { item in
      var record = RequestRecord()
      record.promptTokens = item.prompt.count
      record.emissionNs = []
      record.emissionNs?.reserveCapacity(min(item.outputLimit, 4096))
      return record
    }
    tokens = plan.items.map { item in
      var list: [Int32] = []
      list.reserveCapacity(min(item.outputLimit, 4096))
      return list
    }
  }

  /// Runs the load to its end; arrivals count from `startNs`.
  func run(startNs: Int, on pool: ThreadPool) throws {
    let due = plan.arrivals.map { startNs + Int(($0 * 1e9).rounded()) }
    let generator = LoadGenerator(due: due)
    // Its thread is not to share the processor of the engine's first worker.
    try pool.unpinned { try generator.start() }
    defer {
      generator.stop()
      generatorIsRealTime = generator.isRealTime
      scheduler.removeAll()
    }
    var arrived = 0
    while ended < requests.count {
      while arrived < generator.count {
        submit(scheduledNs: due[arrived], sentNs: generator.sentNs(arrived))
        arrived += 1
      }
      if scheduler.isIdle {
        generator.wait(beyond: arrived)
        continue
      }
      try scheduler.step(note)
    }
  }

  /// Requests are taken in the plan's order, whichever place they get.
  private func submit(scheduledNs: Int, sentNs: Int) {
    guard submitted < requests.count else { return }
    records[submitted].scheduledNs = scheduledNs
    records[submitted].sentNs = sentNs
    scheduler.submit(requests[submitted])
    submitted += 1
  }

  private func note(_ id: Int, _ event: RequestEvent) {
    let now = MonotonicClock.now()
    switch event {
    case .admitted(let cachedTokens):
      records[id].admittedNs = now
      records[id].cachedTokens = cachedTokens
    case .emitted(let emitted):
      records[id].emissionNs?.append(now)
      tokens[id] += emitted
    case .finished(let stopToken):
      records[id].endedByEOS = stopToken
      end(id, at: now)
    case .failed(let reason):
      records[id].failure = reason
      end(id, at: now)
    }
  }

  private func end(_ id: Int, at now: Int) {
    records[id].doneNs = now
    ended += 1
    if closedLoop { submit(scheduledNs: now, sentNs: MonotonicClock.now()) }
  }

  /// Counts and fingerprints, which need no place in the timed region.
  func complete() {
    for index in records.indices {
      records[index].outputTokens = tokens[index].count
      records[index].outputFingerprint = Self.fingerprint(tokens[index].map(String.init))
    }
  }

  /// Of the whole run's tokens, in the order of requests.
  var fingerprint: String { Self.fingerprint(records.map { $0.outputFingerprint ?? "" }) }

  private static func fingerprint(_ parts: [String]) -> String {
    "tokens:" + SHA256.hex(parts.joined(separator: ",")).prefix(16)
  }
}
