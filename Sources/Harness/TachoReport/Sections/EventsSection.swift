// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// What went wrong or was noteworthy: failed points with their error output, and the sweeps' events.
package enum EventsSection: ReportSection {
  package static let title = "Failures and events"
  private static let eventLimit = 1_000

  package static func render(_ context: ReportContext) -> HTML? {
    let failed = context.benchmarks.flatMap { benchmark in
      benchmark.points.flatMap { point in
        point.runs.filter { $0.record.status != .completed }.map { (benchmark, point, $0.record) }
      }
    }
    let events = context.results.sweeps.flatMap { sweep in sweep.events.map { (sweep.record, $0) } }
    return HTML("div") {
      if failed.isEmpty {
        HTML("p") { "Every run completed." }
      } else {
        HTML("ul", ["class": "failures"]) {
          for (benchmark, point, run) in failed { entry(benchmark, point, run) }
        }
      }
      if !events.isEmpty {
        HTML("details", ["open": events.count <= 20 ? "open" : nil]) {
          HTML("summary") { Plural.of(events.count, "event") }
          table(Array(events.prefix(eventLimit)))
          if events.count > eventLimit {
            HTML("p") { "The first \(eventLimit) are shown; the store has all." }
          }
        }
      }
    }
  }

  private static func entry(
    _ benchmark: BenchmarkResults, _ point: PointResult, _ run: RunRecord
  ) -> HTML {
    HTML("li") {
      HTML("span", ["class": "state " + BenchmarkTable.className(run.status)]) {
        run.status.words
      }
      " "
      HTML("strong") { benchmark.name }
      " "
      benchmark.label(of: point)
      if point.runs.count > 1 {
        HTML("span", ["class": "quiet"]) { " process \(run.launch + 1)" }
      }
      HTML("div", ["class": "reason"]) { run.reason ?? "no reason was recorded" }
      if let tail = run.stderrTail, !tail.isEmpty {
        HTML("details") {
          HTML("summary") { "Error output, last lines" }
          HTML("pre") { tail }
        }
      }
    }
  }

  private static func table(_ events: [(SweepRecord, EventRecord)]) -> HTML {
    HTML("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Events"]) {
      HTML("table") {
        HTML("thead") {
          HTML("tr") {
            for name in ["at", "suite", "kind", "message"] {
              HTML("th", ["scope": "col"]) { name }
            }
          }
        }
        HTML("tbody") {
          for (sweep, event) in events {
            HTML("tr") {
              HTML("td", ["class": "nowrap"]) { event.at }
              HTML("td") { sweep.suite }
              HTML("td") { event.kind }
              HTML("td") { event.message }
            }
          }
        }
      }
    }
  }
}
