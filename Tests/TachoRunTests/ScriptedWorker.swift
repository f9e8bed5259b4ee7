// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// A clock that only moves when a scripted worker "measures".
final class FakeClock: RunClock {
  var now = 1000.0
  func seconds() -> Double { now }
  func timestamp() -> String { "t\(now)" }
}

/// Everything a runner recorded, in order.
final class MemorySink: RecordSink {
  struct Full: Error {}
  var sweeps: [SweepRecord] = []
  var runs: [RunRecord] = []
  var samples: [SampleRecord] = []
  var events: [EventRecord] = []
  /// What happened, one word each: for checks of the order.
  var log: [String] = []
  var failsAfterSamples = Int.max

  func begin(_ sweep: SweepRecord) {
    if !sweeps.contains(sweep) { sweeps.append(sweep) }
  }
  func begin(_ run: RunRecord) {
    runs.append(run)
    log.append("begin")
  }
  func append(_ sample: SampleRecord) throws {
    guard samples.count < failsAfterSamples else { throw Full() }
    samples.append(sample)
    log.append("sample")
  }
  func append(
    _ trace: SampleTrace, runID: String, index: Int, measurements: [Measurement]
  ) throws {
    let place = try #require(samples.firstIndex { $0.runID == runID && $0.index == index })
    samples[place].observation.trace = trace
    samples[place].measurements += measurements
    log.append("trace")
  }
  func finish(_ run: RunRecord) {
    if let index = runs.firstIndex(where: { $0.id == run.id }) {
      runs[index] = run
    } else {
      runs.append(run)
    }
    log.append(run.status.rawValue)
  }
  func append(_ event: EventRecord) { events.append(event) }

  func samples(of run: RunRecord) -> [SampleRecord] { samples.filter { $0.runID == run.id } }

  /// As a store would give it back to a resumed sweep.
  var resultSweep: ResultSet.Sweep? {
    sweeps.first.map { sweep in
      ResultSet.Sweep(
        record: sweep, runs: runs.map { .init(record: $0, samples: samples(of: $0)) },
        events: events)
    }
  }
}

/// One worker's behaviour without a process.
struct Script {
  /// Sample times; the last one repeats.
  var seconds: [Double] = [1]
  var hello: WorkerReply = .hello(
    protocol: 1, engine: "scripted", version: "1", kinds: ["kernel", "generate"])
  var prepared: WorkerReply = .prepared(facts: ["loaded": .bool(true)])
  /// Fails instead of giving the sample with this index.
  var failAt: (index: Int, failure: WorkerFailure)?
  /// Replies so to the sample with this index.
  var replyAt: (index: Int, reply: WorkerReply)?
  /// Whether samples are said to have traces, and what is replied when one is asked for.
  var holdsTraces = false
  /// The same, in processes that are to record launches.
  var holdsTracesWhenAsked = false
  var trace: (Int) -> WorkerReply = { _ in .trace(SampleTrace()) }
  var finished: WorkerReply = .finished(facts: ["left": .bool(true)])
  /// Fills in what else a sample observes.
  var observation: (inout Observation) -> Void = { _ in }
  /// Called before each sample.
  var beforeSample: (Int) -> Void = { _ in }
}

final class ScriptedWorker: Worker {
  let script: Script
  let clock: FakeClock
  var processID: Int32? { nil }
  var outputTail: String { "tail" }
  var seeds: [UInt64] = []
  var ends: [Double] = []
  private var isRecording = false

  init(_ script: Script, clock: FakeClock) {
    self.script = script
    self.clock = clock
  }

  func ask(
    _ request: WorkerRequest, timeoutSeconds: Double, graceSeconds: Double
  ) throws(WorkerFailure) -> WorkerReply {
    switch request {
    case .hello: return script.hello
    case .prepare(_, _, let recording, _, _):
      isRecording = recording != .none
      return script.prepared
    case .finish: return script.finished
    case .trace(let index): return script.trace(index)
    case .sample(let index, let seed):
      seeds.append(seed)
      script.beforeSample(index)
      if let (at, failure) = script.failAt, at == index { throw failure }
      if let (at, reply) = script.replyAt, at == index { return reply }
      let seconds = script.seconds[min(index, script.seconds.count - 1)]
      let start = Int(clock.now * 1e9)
      clock.now += seconds
      var observation = Observation(startNs: start, endNs: start + Int(seconds * 1e9))
      let holds = script.holdsTraces || script.holdsTracesWhenAsked && isRecording
      observation.holdsTrace = holds ? true : nil
      script.observation(&observation)
      return .sample(observation)
    }
  }

  func end(graceSeconds: Double) { ends.append(graceSeconds) }
}

/// Hands out scripts in order; the last one repeats.
final class ScriptedFactory: WorkerFactory {
  let clock: FakeClock
  var scripts: [Script]
  var failure: WorkerFailure?
  var started: [ScriptedWorker] = []

  init(_ scripts: Script..., clock: FakeClock) {
    self.scripts = scripts
    self.clock = clock
  }

  func start(_ planned: PlannedPoint) throws(WorkerFailure) -> any Worker {
    if let failure { throw failure }
    let worker = ScriptedWorker(
      scripts[min(started.count, scripts.count - 1)], clock: clock)
    started.append(worker)
    return worker
  }
}

/// Asks to stop when told.
final class ManualInterruption: Interruption {
  var requests = 0
  var wakeDescriptor: Int32? { nil }
  func acknowledge() {}
}

/// Scripted environment readings: before, after, before, after ...
final class ScriptedEnvironment: EnvironmentReader {
  var readings: [EnvironmentReading]
  init(_ readings: [EnvironmentReading] = []) { self.readings = readings }
  func read(processID: Int32?) -> EnvironmentReading {
    readings.isEmpty ? EnvironmentReading() : readings.removeFirst()
  }
}
