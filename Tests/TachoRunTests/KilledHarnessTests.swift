// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// `kill -9` of the harness with a sample in flight: nothing else is lost, nobody is left behind, and
/// the sweep resumes.
@Suite struct KilledHarnessTests {
  /// One line per sample, in the file before the call returns.
  final class LineFileSink: RecordSink {
    private let descriptor: Int32
    init(_ path: String) {
      descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    }
    deinit { close(descriptor) }
    private func put(_ words: String...) {
      let line = Array((words.joined(separator: "\t") + "\n").utf8)
      _ = write(descriptor, line, line.count)
    }
    func begin(_ sweep: SweepRecord) { put("sweep", sweep.id) }
    func begin(_ run: RunRecord) { put("run", run.id, "\(run.launch)") }
    func append(_ sample: SampleRecord) {
      put(
        "sample", sample.runID, "\(sample.index)", "\(sample.warmup)",
        "\(sample.observation.startNs)", "\(sample.observation.endNs)")
    }
    func append(_: SampleTrace, runID: String, index: Int, measurements: [TachoRecord.Measurement])
    {
      put("trace", runID, "\(index)")
    }
    func finish(_ run: RunRecord) { put("finish", run.id, run.status.rawValue) }
    func append(_ event: EventRecord) { put("event", event.kind) }
  }

  static let plan = RunnerTests.plan(policy: .fixed(8, warmup: 1))

  /// Replies to every sample; kills its parent, the harness, instead of replying to the sixth.
  static func worker(_ path: String) -> WorkerCommand {
    WorkerCommand(
      [
        "/bin/sh", "-c",
        """
        echo $$ > \(path).worker
        read a; echo '\(WorkerProcessTests.hello)'; read a; echo '{"type":"prepared"}'
        for i in 1 2 3 4 5; do
          read a; echo '{"type":"sample","observation":{"startNs":5,"endNs":9}}'
        done
        read a; kill -9 $PPID; sleep 60
        """,
      ])
  }

  @Test func losesTheSampleInFlightOnly() async throws {
    let path = "/tmp/tacho-killed-\(getpid())"
    defer { for suffix in ["", ".worker"] { unlink(path + suffix) } }
    await #expect(processExitsWith: .signal(SIGKILL)) {
      let path = "/tmp/tacho-killed-\(getppid())"
      let runner = Runner(
        sweep: RunnerTests.sweep, sink: LineFileSink(path),
        workers: ProcessWorkerFactory { _ in KilledHarnessTests.worker(path) },
        makeID: { "run1" })
      let plan = KilledHarnessTests.plan
      _ = try runner.execute(plan, schedule: Schedule(plan, seed: 1))
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: "\t").map(String.init) }
    #expect(
      lines.map { $0[0] } == ["sweep", "event", "event", "run"]
        + Array(repeating: "sample", count: 5))

    // The worker slept for a minute; it went with its harness.
    let workerID = try #require(
      Int32(try String(contentsOfFile: path + ".worker", encoding: .utf8).dropLast()))
    var alive = true
    for _ in 0..<100 where alive {
      // An orphan that no init reaps stays a zombie.
      let status = SystemFiles().line("/proc/\(workerID)/stat")
      alive = status.map { !$0.contains(") Z") } ?? false
      usleep(20_000)
    }
    #expect(!alive)

    // Four counted samples are there; the resumed sweep takes the other four and a warm-up.
    var history = RunHistory()
    let run = RunRecord(
      id: "run1", sweepID: "s", point: Self.plan.points[0].point, launch: 0, order: 0,
      startedAt: "t")
    history.add(
      run,
      samples: lines.filter { $0[0] == "sample" }.map { words in
        SampleRecord(
          runID: words[1], index: Int(words[2]) ?? -1, warmup: words[3] == "true",
          startedAt: "t", observation: Observation(startNs: 5, endNs: 9), measurements: [])
      })
    let sink = MemorySink()
    let clock = FakeClock()
    let runner = Runner(
      sweep: RunnerTests.sweep, sink: sink, workers: ScriptedFactory(Script(), clock: clock),
      clock: clock, environment: ScriptedEnvironment(), conditions: { [:] })
    let outcome = try runner.execute(
      Self.plan, schedule: Schedule(Self.plan, seed: 1), resuming: history)
    #expect(outcome.count(.completed) == 1)
    #expect(sink.samples.count == 5 && sink.samples.filter { !$0.warmup }.count == 4)
    #expect(sink.runs.first { $0.id == "run1" }?.status == .interrupted)
  }
}
