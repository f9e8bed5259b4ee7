// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

extension EndToEnd {
  /// Launches from the suite to every form in which they are shown.
  @Suite struct TraceCommandTests {
    let place: Workplace

    init() throws {
      place = try Workplace()
      try place.write(
        "t.yaml",
        """
        schema: 1
        name: traced
        base: { model.synth.shape: tiny-llama, engine.threads: 2 }
        measure: { samples: 3, warmup: 1, contaminated: keep, timeout: 1m, record_launches: true }
        benchmarks:
          decode:
            kind: generate
            set: { workload.output_tokens: 12 }
          request:
            kind: generate
            set: { workload: { mode: request, prompt_tokens: 5, output_tokens: 6 } }
          slow:
            kind: generate
            set: { workload.output_tokens: 12 }
            measure: { record_launches: slow }

        """)
    }

    private struct Timeline: Decodable {
      struct Event: Decodable {
        let name: String
        let ph: String
      }
      let traceEvents: [Event]
    }

    @Test func everyForm() throws {
      try place.expect("run", "t.yaml", "--store", "s.sqlite", "--quiet")
      let sweep = try place.sweep("s.sqlite")
      for run in sweep.runs {
        #expect(run.samples.count == 4)
        for sample in run.samples {
          let trace = try #require(sample.observation.trace)
          #expect(trace.complaint == nil && trace.omittedLaunches == 0)
          #expect(trace.isPartial == (run.record.point.benchmark == "slow"))
          let ids = Set(sample.measurements.map(\.metric.id))
          #expect(ids.isSuperset(of: ["launch/tklqt", "step/residual", "step/slow-share"]))
        }
      }
      let waterfall = try place.expect("trace", "s.sqlite")
      #expect(waterfall.contains("step of 1 row") && waterfall.contains("not accounted for"))
      #expect(waterfall.contains("detokenise"))
      let text = try place.expect(
        "trace", "s.sqlite", "--format", "chrome", "--filter", "^decode", "--samples", "1")
      let timeline = try JSONDecoder().decode(Timeline.self, from: Data(text.utf8))
      #expect(timeline.traceEvents.filter { $0.ph == "i" }.count == 12)
      let stacks = try place.expect(
        "trace", "s.sqlite", "--format", "folded", "--filter", "request")
      #expect(stacks.contains("request;5 rows;layer 0;attention;work "))
      try place.expect("export", "s.sqlite", "--csv", "-o", "tree/")
      let rows = try place.text("tree/steps.csv").split(separator: "\n")
      // A header; 12 steps, 1 and 5, and 12, four samples of each.
      #expect(rows.count == 1 + 4 * (12 + 6 + 12))
      try place.expect("report", "s.sqlite", "-o", "r.html")
      #expect(try place.text("r.html").contains("Inside a step"))
    }

    @Test func whatCannotBeShownIsSaid() throws {
      try place.expect(
        "run", "t.yaml", "--store", "n.sqlite", "--quiet", "--filter", "^decode", "--set",
        "measure.record_launches=false")
      for (arguments, words) in [
        (["trace", "n.sqlite"], "record_launches: true"),
        (["trace", "n.sqlite", "--format", "svg"], "there is no trace format 'svg'"),
        (["trace", "n.sqlite", "--samples", "0"], "at least 1"),
        (["trace", "gone.sqlite"], "gone.sqlite"),
        (["explain", "ttft"], "did you mean latency/ttft"),
      ] {
        let result = try place.start(arguments).result()
        #expect(result.code == 2 && result.errors.contains(words), "\(arguments): \(result)")
      }
    }
  }
}
