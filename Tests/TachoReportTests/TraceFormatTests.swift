// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoReport
import Testing

/// What `tacho trace` and the report write of recorded launches.
@Suite struct TraceFormatTests {
  /// Twelve decoding steps of 1000 ns (the tenth 400 longer) in two processes.
  static var results: ResultSet {
    let runs = (0..<2).map { process -> ResultSet.Run in
      var run = ReportFixture.run(
        order: process, benchmark: "decode; <fast>", axes: [("engine.threads", 2)],
        values: [(ReportFixture.decode, [.value(9), .value(10), .value(11)])], warmups: 1)
      run.record.launch = process
      for index in run.samples.indices { run.samples[index].observation = observation }
      return run
    }
    return ResultSet(sweeps: [ReportFixture.sweep(runs: runs)])
  }

  static var observation: Observation {
    var observation = Observation(startNs: 5000, endNs: 5000)
    observation.outputTokens = 12
    var trace = SampleTrace()
    var clock = 5000
    for step in 0..<12 {
      let more = step == 9 ? 400 : 0
      let start = clock
      trace.launches.append(
        LaunchRecord(
          op: "mat;mul", variant: "v", step: step, layer: 3, enqueueNs: start + 100,
          endNs: start + 800 + more,
          workerNs: [start + 110, start + 700 + more, start + 120, start + 790 + more]))
      clock = start + 900 + more
      trace.steps.append(StepRecord(step: step, rows: 1, startNs: start, endNs: clock))
      trace.spans.append(
        SpanRecord(name: "sample", step: step + 1, startNs: clock, endNs: clock + 100))
      clock += 100
    }
    observation.trace = trace
    observation.endNs = clock
    return observation
  }

  @Test func timelineForPerfetto() throws {
    struct File: Decodable {
      struct Event: Decodable {
        var name: String
        var ph: String
        var pid: Int
        var tid: Int
        var ts: Double?
        var dur: Double?
      }
      var traceEvents: [Event]
    }
    let samples = TracedSample.all(of: Self.results)
    // Two counted samples of two processes; warm-up is left out.
    #expect(samples.count == 4)
    let text = try ChromeTrace.text(of: samples)
    let events = try JSONDecoder().decode(File.self, from: Data(text.utf8)).traceEvents
    let first = events.filter { $0.pid == 1 }
    #expect(Set(events.map(\.pid)) == [1, 2, 3, 4])
    #expect(first.filter { $0.ph == "i" }.count == 12)
    let work = first.filter { $0.name == "mat;mul" && $0.tid == 2 }
    #expect(work.count == 12 && work[0].ts == 0.12 && work[0].dur == 0.67)
    // On the host's track spans of one level follow one another.
    let steps = first.filter { $0.name.hasPrefix("forward") }
    #expect(zip(steps, steps.dropFirst()).allSatisfy { ($0.ts ?? 0) + ($0.dur ?? 0) <= $1.ts ?? 0 })
  }

  @Test func foldedStacksAddUp() throws {
    let samples = Array(TracedSample.all(of: Self.results).prefix(1))
    let lines = try FoldedStacks.text(of: samples).split(separator: "\n")
    var total = 0
    for line in lines {
      let parts = line.split(separator: " ")
      total += Int(try #require(parts.last)) ?? 0
      // Separators inside names would make other stacks of them.
      #expect(line.split(separator: ";").count <= 5, "\(line)")
    }
    // Everything but the sampling after the last step, which no step waits for.
    #expect(total == 12 * 1000 + 400 - 100)
    #expect(lines.contains { $0.contains("layer 3;mat,mul;work ") })
  }

  @Test func waterfallText() throws {
    let text = try WaterfallText.text(of: TracedSample.all(of: Self.results))
    #expect(text.contains("n = 48"))
    #expect(text.contains("\nmat;mul "))
    #expect(text.contains("not accounted for"))
    #expect(
      text.contains("slow: process 1 sample 1 step 9, 0.001 ms instead of 0.001 ms: mat;mul 1.0 us")
    )
    var bare = Self.results
    bare.sweeps[0].runs[0].samples[1].observation.trace = SampleTrace()
    let none = try WaterfallText.text(of: Array(TracedSample.all(of: bare).prefix(1)))
    #expect(none.contains("no complete record of steps"))
  }

  @Test func reportShowsTheParts() throws {
    let html = HTMLReport(results: Self.results, title: "t").render()
    #expect(html.contains("Inside a step"))
    #expect(html.contains("48 steps of 1 row: mean 1.025"))
    #expect(html.contains("mat;mul: mean"))
    #expect(html.contains("process 0, sample 1, step 9"))
    var plain = Self.results
    for run in plain.sweeps[0].runs.indices {
      for sample in plain.sweeps[0].runs[run].samples.indices {
        plain.sweeps[0].runs[run].samples[sample].observation.trace = nil
      }
    }
    #expect(!HTMLReport(results: plain, title: "t").render().contains("Inside a step"))
  }

  /// Launch and queue time that is flat up to a batch of 16 and grows with it from there.
  @Test func launchCurveNamesTheBend() throws {
    let runs = (0..<8).map { power -> ResultSet.Run in
      let batch = Double(1 << power)
      return ReportFixture.run(
        order: power, axes: [("kernel.batch", .int(1 << power))],
        values: [(LaunchTKLQT.metric, Array(repeating: .value(max(16, batch) * 1e-6), count: 4))])
    }
    let results = ResultSet(sweeps: [ReportFixture.sweep(runs: runs)])
    let html = HTMLReport(results: results, title: "t").render()
    #expect(html.contains("Launch and queue time bends at kernel.batch 16"))
  }
}
