// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// What progress prints, on a clock that is moved by hand.
@Suite struct ProgressTests {
  let clock = FakeClock()
  final class Screen { var text = "" }
  let screen = Screen()

  func reporter(interactive: Bool, columns: Int = 80) -> ProgressReporter {
    let screen = screen
    return ProgressReporter(
      terminal: Terminal(isInteractive: interactive, columns: { columns }) { screen.text += $0 },
      clock: clock)
  }

  func run(_ index: Int, status: RunStatus = .running, reason: String? = nil) -> RunRecord {
    RunRecord(
      id: "r\(index)", sweepID: "s",
      point: Point(
        benchmark: "decode", kind: "generate",
        configuration: Configuration(["engine.threads": .int(index)]), axes: ["engine.threads"]),
      launch: 0, order: index, startedAt: "t", status: status, reason: reason)
  }

  func sample(tokens: Int, seconds: Double = 1, warmup: Bool = false) -> SampleRecord {
    var observation = Observation(startNs: 0, endNs: Int(seconds * 1e9))
    observation.outputTokens = tokens
    return SampleRecord(
      runID: "r", index: 0, warmup: warmup, startedAt: "t", observation: observation,
      measurements: MetricRules.measurements(of: observation))
  }

  @Test func plainLinesOnePerRun() {
    let reporter = reporter(interactive: false)
    reporter.sweepBegan(done: 0, expectedSeconds: [1, 1])
    reporter.runBegan(run(1))
    for tokens in [40, 41, 42] {
      clock.now += 2
      reporter.sampled(sample(tokens: tokens), of: run(1))
    }
    reporter.runEnded(run(1, status: .completed))
    reporter.runBegan(run(2))
    clock.now += 1
    reporter.runEnded(run(2, status: .crashed, reason: "killed by\nSIGSEGV"))
    var outcome = SweepOutcome()
    outcome.counts = [.completed: 1, .crashed: 1]
    reporter.sweepEnded(outcome)
    #expect(
      screen.text == """
        [1/2] decode engine.threads=1: 3 samples, 41.0 tok/s ±2.4%, 6 s to go
        [2/2] decode engine.threads=2: crashed: killed by SIGSEGV
        1 completed, 1 failed, in 7 s

        """)
  }

  @Test func longRunsSpeakEveryTenSeconds() {
    let reporter = reporter(interactive: false)
    reporter.sweepBegan(done: 0, expectedSeconds: [1])
    reporter.runBegan(run(1))
    for _ in 0..<35 {
      clock.now += 1
      reporter.sampled(sample(tokens: 40), of: run(1))
    }
    #expect(screen.text.split(separator: "\n").count == 3)
    #expect(screen.text.contains("[1/1] decode engine.threads=1: 10 samples, 40.0 tok/s ±0.0%\n"))
  }

  @Test func liveLinesAreRedrawnAtMostTwiceASecond() {
    let reporter = reporter(interactive: true)
    reporter.sweepBegan(done: 2, expectedSeconds: Array(repeating: 1, count: 8))
    reporter.runBegan(run(1))
    let before = screen.text.count
    reporter.sampled(sample(tokens: 40), of: run(1))
    clock.now += 0.4
    reporter.sampled(sample(tokens: 40), of: run(1))
    #expect(screen.text.count == before)
    clock.now += 0.2
    reporter.sampled(sample(tokens: 40), of: run(1))
    #expect(screen.text.count > before)
    #expect(screen.text.hasPrefix("2 of 10 runs were measured before; continuing\n"))
    #expect(screen.text.contains("[#####.......................] 2/10 runs, 1 s elapsed"))
    #expect(screen.text.hasSuffix("decode engine.threads=1: 3 samples, 40.0 tok/s ±0.0%\n"))
  }

  @Test func flaggedSamplesAndInterruption() {
    let reporter = reporter(interactive: false)
    reporter.sweepBegan(done: 0, expectedSeconds: [1, 1])
    reporter.runBegan(run(1))
    for warmup in [true, false] {
      var sample = sample(tokens: 40, warmup: warmup)
      sample.flag = "steal"
      reporter.sampled(sample, of: run(1))
    }
    clock.now += 1
    reporter.runEnded(run(1, status: .completed))
    #expect(screen.text.contains(": 1 sample, 40.0 tok/s, 1 flagged, "))
    var outcome = SweepOutcome()
    (outcome.interrupted, outcome.remaining) = (true, 1)
    reporter.sweepEnded(outcome)
    #expect(
      screen.text.hasSuffix(
        "what was measured is kept; the same command with --resume continues\n"))
  }

  @Test func linesFitTheTerminal() {
    let reporter = reporter(interactive: true, columns: 30)
    reporter.sweepBegan(done: 0, expectedSeconds: [1])
    reporter.runBegan(run(1))
    for line in screen.text.split(separator: "\n") { #expect(line.count < 30) }
  }

  @Test func failuresStayOnTheScreen() {
    let reporter = reporter(interactive: true)
    reporter.sweepBegan(done: 0, expectedSeconds: [1, 1])
    reporter.runBegan(run(1))
    reporter.runEnded(run(1, status: .timedOut, reason: "no reply"))
    #expect(
      screen.text.hasSuffix("\u{1B}[2A\r\u{1B}[Jdecode engine.threads=1: timed-out: no reply\n"))
    reporter.runBegan(run(2))
    #expect(screen.text.contains("1/2 runs, 1 failed"))
  }

  @Test func timeToGoFollowsWhatWasSeen() {
    let reporter = reporter(interactive: false)
    reporter.sweepBegan(done: 0, expectedSeconds: [2, 4, 10])
    reporter.runBegan(run(1))
    clock.now += 6
    reporter.runEnded(run(1, status: .completed))
    // Three times slower than expected: 12 + 30 s.
    #expect(screen.text.hasSuffix(", 42 s to go\n"))
    reporter.runBegan(run(2))
    clock.now += 600
    reporter.runEnded(run(2, status: .completed))
    #expect(screen.text.hasSuffix(", 16:50 to go\n"))
  }
}
