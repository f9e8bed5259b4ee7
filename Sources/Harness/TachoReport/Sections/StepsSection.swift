// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// Where the time of a step goes: waterfalls of points whose launches were recorded, their slow steps,
/// and launch and queue time against what was swept.
package enum StepsSection: ReportSection {
  package static let title = "Inside a step"
  private static let pointLimit = 16
  /// Of each process the first samples are shown, up to so many launches; `tacho trace` shows all.
  package static let launchesPerRun = 50_000
  private static let slowLimit = 12

  package static func render(_ context: ReportContext) -> HTML? {
    let points = context.benchmarks.flatMap { benchmark in
      benchmark.points.compactMap { traced($0, in: benchmark) }
    }
    let launching = context.benchmarks.compactMap(LaunchCurve.init)
    guard !points.isEmpty || !launching.isEmpty else { return nil }
    return HTML("div") {
      HTML("p") {
        "From the kernel launches recorded inside samples. A step is one forward pass with what "
          + "the host does before it; its parts add up to it, and what they do not cover is shown as "
          + "not accounted for. Of each process the first samples are taken, up to "
          + "\(launchesPerRun) launches. What if says how much shorter a step would be at most if one "
          + "part were as fast as it can be and the others stayed as they are: a kernel at its roofline "
          + "(the least time that the measured limits allow for its declared traffic and arithmetic), "
          + "work spread evenly over the workers, queues, gaps and host work gone."
      }
      for point in points.prefix(pointLimit) { drawn(point) }
      if points.count > pointLimit {
        HTML("p", ["class": "quiet"]) {
          "\(points.count - pointLimit) more points have records: tacho trace shows them."
        }
      }
      for curve in launching { curve.render() }
    }
  }

  private struct Traced {
    let label: String
    let waterfalls: [(parts: StepWaterfall, whatIf: WhatIf)]
    let slow: [(place: String, step: SlowStep)]
  }

  private static func traced(_ point: PointResult, in benchmark: BenchmarkResults) -> Traced? {
    let samples = point.tracedSamples
    guard !samples.isEmpty else { return nil }
    let slow = samples.flatMap { run, sample in
      (sample.observation.trace.map { SlowStep.all(of: $0) } ?? []).map {
        (place: "process \(run.launch), sample \(sample.index), step \($0.step)", step: $0)
      }
    }.sorted { $0.step.ns > $1.step.ns }
    let waterfalls = point.waterfalls
    guard !waterfalls.isEmpty || !slow.isEmpty else { return nil }
    let label = benchmark.label(of: point)
    return Traced(
      label: label == benchmark.name ? label : "\(benchmark.name): \(label)",
      waterfalls: waterfalls, slow: slow)
  }

  private static func drawn(_ point: Traced) -> HTML {
    HTML("div", ["class": "table-block"]) {
      HTML("h3") { point.label }
      for waterfall in point.waterfalls.prefix(2) {
        HTML("p") { sentence(waterfall.parts) }
        WaterfallPlot(name: "Parts of a step, \(point.label)", waterfall: waterfall.parts)
          .render()
        WhatIfTable(whatIf: waterfall.whatIf).render()
      }
      if !point.slow.isEmpty { slowTable(point) }
    }
  }

  private static func sentence(_ waterfall: StepWaterfall) -> String {
    let unit = UnitScale.best(for: .seconds, magnitude: waterfall.median / 1e9)
    func time(_ ns: Double) -> String { Figure.text(ns / 1e9 / unit.factor) + " " + unit.symbol }
    let residual = waterfall.residualShare
    let doubt =
      abs(residual) > StepWaterfall.residualLimit
      ? " The parts leave \(Figure.percent(residual)) unexplained: more than 1%, so read them with care."
      : ""
    return "\(Plural.of(waterfall.steps, "step")) of \(Plural.of(waterfall.rows, "row")): mean "
      + "\(time(waterfall.mean)), median \(time(waterfall.median)), p99 \(time(waterfall.p99)).\(doubt)"
  }

  private static func slowTable(_ point: Traced) -> HTML {
    HTML("details", ["open": "open"]) {
      HTML("summary") {
        "\(Plural.of(point.slow.count, "slow step")): more than three median deviations and 5% above "
          + "the median"
      }
      HTML(
        "div",
        ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": "Slow steps"]
      ) {
        HTML("table", ["class": "points"]) {
          HTML("thead") {
            HTML("tr") {
              for name in ["where", "time, ms", "median, ms", "what was different"] {
                HTML("th", ["scope": "col", "class": name.hasSuffix("ms") ? "num" : nil]) { name }
              }
            }
          }
          HTML("tbody") {
            for (place, step) in point.slow.prefix(slowLimit) {
              HTML("tr") {
                HTML("td", ["class": "short"]) { place }
                HTML("td", ["class": "num", "data-value": "\(step.ns)"]) {
                  Figure.text(Double(step.ns) / 1e6)
                }
                HTML("td", ["class": "num", "data-value": "\(step.medianNs)"]) {
                  Figure.text(step.medianNs / 1e6)
                }
                HTML("td") {
                  step.differences.isEmpty
                    ? "nothing that was recorded" : step.differences.joined(separator: "; ")
                }
              }
            }
          }
        }
      }
    }
  }
}
