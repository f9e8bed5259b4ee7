// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// Metrics over the builds that the report holds, with the builds since which they are different.
package enum HistorySection: ReportSection {
  package static let title = "History"
  private static let plotLimit = 24

  package static func render(_ context: ReportContext) -> HTML? {
    let ratios = HistorySelection.ratios(of: context.gates, in: context.results)
    let known = Set(ratios.compactMap(\.suite))
    var absolute: [HistorySeries] = []
    // One build is no history, and its points may be thousands.
    if Set(context.results.sweeps.map { HistoryBuild($0.record.build) }).count > 1 {
      // Ratios measured in one job say more than figures of different days.
      absolute = HistorySelection.headline(of: context.results, benchmarks: context.benchmarks)
        .filter { $0.suite.map { !known.contains($0) } ?? true }
    }
    return render(HistoryAnalysis((ratios + absolute).filter { $0.values.count > 1 }))
  }

  /// Nil without a series.
  static func render(_ analysis: HistoryAnalysis) -> HTML? {
    let all = analysis.results.map { HistoryFigures($0) }
    guard !all.isEmpty else { return nil }
    // Those with suspicions first, then the long ones: what there is something to see in.
    let order = all.indices.sorted { a, b in
      let left = (all[a].result.suspicions.count, all[a].series.values.count)
      let right = (all[b].result.suspicions.count, all[b].series.values.count)
      return left == right ? a < b : left > right
    }
    let drawn = order.filter { all[$0].series.values.count > 2 }.prefix(plotLimit)
    let isAbsolute = all.contains { $0.series.basis == .absolute }
    return HTML("div") {
      HTML("p") {
        "One value for each build, with its 95% interval; lines are medians between changes, crossed by a "
          + "vertical line at each suspected change. A suspicion is no verdict: the command beside it "
          + "compares the two builds, side by side."
        if isAbsolute {
          " These are absolute figures of different days, and nothing that stays the same was measured "
            + "beside them: a change of the machine looks like one of the program."
        }
      }
      HTML("div", ["class": "figures"]) {
        for index in drawn { figure(all[index]) }
      }
      if drawn.count < all.count {
        HTML("p", ["class": "quiet"]) {
          "\(all.count - drawn.count) of \(all.count) series are only in the table."
        }
      }
      table(order.map { all[$0] }, tests: analysis.tests)
    }
  }

  private static func figure(_ figures: HistoryFigures) -> HTML {
    HTML("figure", ["class": "wide"]) {
      HTML("figcaption") {
        HTML("strong") { figures.series.name }
        HTML("span", ["class": "quiet"]) { subtitle(figures) }
      }
      HistoryPlot(figures: figures).render()
    }
  }

  private static func subtitle(_ figures: HistoryFigures) -> String {
    let series = figures.series
    return [series.suite.map { "suite \($0)" }, series.machine, figures.basis, figures.caution]
      .compactMap { $0 }.joined(separator: "; ")
  }

  private static func table(_ all: [HistoryFigures], tests: Int) -> HTML {
    HTML("details", ["open": "open"]) {
      HTML("summary") {
        "All \(all.count) series; p is adjusted over \(Plural.of(tests, "test")) (Benjamini-Hochberg)"
      }
      HTML("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": title]) {
        HTML("table", ["class": "points"]) {
          HTML("thead") { head }
          HTML("tbody") { for figures in all { rows(figures) } }
        }
      }
    }
  }

  private static var head: HTML {
    HTML("tr") {
      for name in ["series", "metric", "machine"] { HTML("th", ["scope": "col"]) { name } }
      HTML("th", ["scope": "col", "class": "num", "data-name": "builds"]) { "builds" }
      HTML("th", ["scope": "col", "class": "num", "data-name": "latest"]) { "latest" }
      HTML("th", ["scope": "col"]) { "suspected changes" }
    }
  }

  private static func rows(_ figures: HistoryFigures) -> HTML {
    HTML("tr") {
      HTML("td", ["class": "short"]) { figures.series.name }
      HTML("td", ["class": "short"]) { figures.metric }
      HTML("td", ["class": "short"]) { figures.series.machine ?? "–" }
      let count = figures.series.values.count
      HTML("td", ["class": "num", "data-value": "\(count)"]) { "\(count)" }
      HTML("td", ["class": "num", "data-value": figures.latest.map { "\($0.shift)" } ?? ""]) {
        figures.latestText
      }
      HTML("td", ["class": "long"]) { changes(figures) }
    }
  }

  private static func changes(_ figures: HistoryFigures) -> HTML {
    HTML("div") {
      for (point, p) in figures.result.suspicions {
        HTML("div") { figures.sentence(point, p: p) }
        if let command = figures.confirmation(of: point) { HTML("code") { command } }
        if let command = figures.search(for: point) { HTML("code") { command } }
      }
      if figures.result.suspicions.isEmpty, figures.caution == nil { "none" }
      if let caution = figures.caution { HTML("div", ["class": "quiet"]) { caution } }
    }
  }
}
