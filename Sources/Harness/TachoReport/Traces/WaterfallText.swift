// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import TachoAnalysis

/// The waterfall of a step for a terminal: each part's bar begins where the one before ended.
package enum WaterfallText: TraceFormat {
  package static let name = "waterfall"
  package static let summary = "Where a step's time goes, as a table with bars; slow steps below."

  private static let width = 40
  private static let slowShown = 10

  package static func text(of samples: [TracedSample]) throws -> String {
    var order: [String] = []
    var groups: [String: [TracedSample]] = [:]
    for sample in samples {
      let key = sample.name
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(sample)
    }
    return order.map { block($0, groups[$0] ?? []) }.joined(separator: "\n")
  }

  private static func block(_ title: String, _ samples: [TracedSample]) -> String {
    var lines = ["\(title), \(samples.count) sample\(samples.count == 1 ? "" : "s")"]
    let waterfalls = StepWaterfall.all(of: samples.map(\.trace))
    for waterfall in waterfalls {
      lines += [""] + table(waterfall)
      if let bounds = samples.first?.bounds {
        lines += text(bounds.whatIf(waterfall, of: samples.map { ($0.run, $0.sample) }))
      }
    }
    if waterfalls.isEmpty {
      lines.append(
        "no complete record of steps: measure with record_launches: true and a kind that runs a model"
      )
    }
    let slow = samples.flatMap { sample in
      SlowStep.all(of: sample.trace).map { (sample, $0) }
    }.sorted { $0.1.ns > $1.1.ns }
    if !slow.isEmpty { lines.append("") }
    for (sample, step) in slow.prefix(slowShown) {
      let reasons = step.differences.isEmpty ? "" : ": " + step.differences.joined(separator: ", ")
      lines.append(
        "slow: process \(sample.run.launch) sample \(sample.sample.index) step \(step.step), "
          + "\(milliseconds(Double(step.ns))) instead of \(milliseconds(step.medianNs))\(reasons)")
    }
    if slow.count > slowShown { lines.append("and \(slow.count - slowShown) more slow steps") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Where work would pay: the parts whose best would make the step shorter, the largest gain first.
  private static func text(_ whatIf: WhatIf) -> [String] {
    let ranked = whatIf.ranked
    let name = max(24, ranked.map(\.part.name.count).max() ?? 0)
    var lines = ["what if, at most:"]
    for prediction in ranked {
      lines.append("  " + pad(prediction.part.name, name) + " " + gain(prediction, in: whatIf))
    }
    if ranked.isEmpty { lines.append("  nothing here would gain a thousandth of the step") }
    if ranked.count > 1 {
      let saved = whatIf.savedTogether
      lines.append("  " + pad("all of these", name) + " " + change(saved, in: whatIf))
    }
    lines += whatIf.unknown.map {
      "  no prediction for \($0.names.joined(separator: ", ")): \($0.reason)"
    }
    return lines
  }

  /// ` 31.20% shorter, 1.45 times as fast: at its roofline, 310.0 us instead of 802.1 us`.
  private static func gain(_ prediction: WhatIf.Prediction, in whatIf: WhatIf) -> String {
    let least = prediction.least.number ?? 0
    let now = microseconds(prediction.part.mean)
    let best =
      prediction.part.kind == .work
      ? "at its roofline, \(microseconds(least)) us instead of \(now) us"
      : least > 0
        ? "work spread evenly, \(microseconds(least)) us instead of \(now) us"
        : "without its \(now) us"
    return change(prediction.saved ?? 0, in: whatIf) + ": " + best
  }

  private static func change(_ saved: Double, in whatIf: WhatIf) -> String {
    let share = String(format: "%6.2f%% shorter", (whatIf.share(saved) ?? 0) * 100)
    return share
      + (whatIf.speedup(saved).map { String(format: ", %.2f times as fast", $0) } ?? "")
  }

  private static func table(_ waterfall: StepWaterfall) -> [String] {
    let rows = waterfall.rows == 1 ? "1 row" : "\(waterfall.rows) rows"
    var lines = [
      "step of \(rows): \(milliseconds(waterfall.mean)), median "
        + "\(milliseconds(waterfall.median)), n = \(waterfall.steps)"
    ]
    let name = max(24, waterfall.parts.map(\.name.count).max() ?? 0)
    lines.append(
      pad("part", name) + "  count     mean    share   median      p99")
    var before = 0.0
    for part in waterfall.parts {
      let share = waterfall.mean > 0 ? part.mean / waterfall.mean : 0
      let cells = [
        String(format: "%5.0f", part.kind == .residual || part.kind == .gap ? 1 : part.count),
        padded(microseconds(part.mean), 9), String(format: "%6.2f%%", share * 100),
        padded(microseconds(part.median), 9), padded(microseconds(part.p99), 9),
      ]
      let start = Int((before / max(waterfall.mean, 1) * Double(width)).rounded())
      let length = Int((abs(share) * Double(width)).rounded())
      before += part.mean
      let bar =
        String(repeating: " ", count: max(0, min(width, start)))
        + String(repeating: "#", count: max(0, min(width - min(width, start), length)))
      lines.append(
        pad(part.name, name) + " " + cells.joined(separator: " ") + "  |" + pad(bar, width) + "|")
    }
    lines.append("times in microseconds; the shares add up to 100%")
    return lines
  }

  private static func microseconds(_ ns: Double) -> String { String(format: "%.1f", ns / 1e3) }
  private static func milliseconds(_ ns: Double) -> String { String(format: "%.3f ms", ns / 1e6) }
  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
  private static func padded(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
