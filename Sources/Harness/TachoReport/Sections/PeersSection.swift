// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord

/// Tacho's engine beside the other programs that measured the same settings in the same session.
package enum PeersSection: ReportSection {
  package static let title = "Beside the peers"

  package static func render(_ context: ReportContext) -> HTML? {
    let peers = context.points.filter(\.isPeer)
    guard !peers.isEmpty else { return nil }
    let rows = context.benchmarks.flatMap { benchmark in
      PeerComparison.all(in: benchmark).map { (benchmark, $0) }
    }
    return HTML("div") {
      HTML("p") {
        "How many times as fast as the peer Tacho's engine is: above 1 it is faster. The ratio is taken "
          + "within each block (launch) of the session, where both were measured close together, and "
          + "its 95% interval goes by blocks: three are needed, below five it is a hint."
      }
      if rows.isEmpty {
        HTML("p") { "No setting was measured by both Tacho's engine and a peer." }
      } else {
        HTML("div", ["class": "table-block"]) { ratios(rows) }
      }
      HTML("h3") { "Who measured" }
      HTML("div", ["class": "table-block"]) { workers(peers) }
    }
  }

  private static func ratios(_ rows: [(BenchmarkResults, PeerComparison)]) -> HTML {
    table("Ratios to the peers") {
      HTML("tr") {
        for name in ["benchmark", "setting", "variant", "peer"] {
          HTML("th", ["scope": "col"]) { name }
        }
        for name in ["ratio", "95% from", "to", "blocks", "Tacho", "peer's"] {
          HTML("th", ["scope": "col", "class": "num", "data-name": name]) { name }
        }
        HTML("th", ["scope": "col"]) { "metric" }
      }
    } body: {
      for (benchmark, row) in rows { line(benchmark, row) }
    }
  }

  private static func line(_ benchmark: BenchmarkResults, _ row: PeerComparison) -> HTML {
    let medians = [row.own, row.peer].map { $0.estimates[row.metric.id] }
    let scale = UnitScale.best(
      for: row.metric.unit, values: medians.compactMap { $0?.summary?.median })
    let summary = row.ratio.summary
    let decimals = Figure.decimals(
      of: summary.median,
      uncertainty: summary.interval.map { ($0.upperBound - $0.lowerBound) / 2 })
    func figure(_ value: Double?) -> HTML {
      HTML("td", ["class": "num", "data-value": value.map { "\($0)" } ?? ""]) {
        value.map { Figure.text($0, decimals: decimals) } ?? "–"
      }
    }
    return HTML("tr") {
      HTML("td", ["class": "short"]) { benchmark.name }
      HTML("td", ["class": "short"]) { setting(of: row.peer, benchmark) }
      HTML("td", ["class": "short"]) { row.own.point.variant ?? "–" }
      HTML("td", ["class": "short"]) { name(of: row.peer) }
      HTML("td", ["class": "num main", "data-value": "\(summary.median)"]) {
        Figure.text(summary.median, decimals: decimals)
      }
      figure(summary.interval?.lowerBound)
      figure(summary.interval?.upperBound)
      HTML("td", ["class": "num"]) { String(summary.count) }
      for estimate in medians {
        HTML(
          "td", ["class": "num", "data-value": estimate?.summary.map { "\($0.median)" } ?? ""]
        ) { EstimateText(estimate, in: scale)?.median ?? "–" }
      }
      HTML("td", ["class": "short"]) {
        row.metric.id + (scale.symbol.isEmpty ? "" : ", " + scale.symbol)
      }
    }
  }

  private static func workers(_ peers: [PointResult]) -> HTML {
    var seen: Set<[String]> = []
    let distinct = peers.filter { seen.insert(identity(of: $0)).inserted }
    return table("Who measured") {
      HTML("tr") {
        for name in ["peer", "engine", "program", "its SHA-256 begins", "arguments"] {
          HTML("th", ["scope": "col"]) { name }
        }
      }
    } body: {
      for peer in distinct {
        HTML("tr") {
          for (index, text) in identity(of: peer).enumerated() {
            HTML("td", ["class": index < 2 ? "short" : BenchmarkTable.width(of: text)]) { text }
          }
        }
      }
    }
  }

  private static func identity(of peer: PointResult) -> [String] {
    let facts = peer.runs.last?.record.facts ?? [:]
    func text(_ path: String) -> String { facts[path]?.display ?? "–" }
    return [
      name(of: peer), peer.peerEngine ?? "–", text("worker.program"),
      text("worker.program_sha256"),
      peer.point.configuration["worker.arguments"]?.display ?? "none beside the test's",
    ]
  }

  /// The variant's name, else what the suite calls the program.
  private static func name(of peer: PointResult) -> String {
    peer.point.variant ?? peer.point.configuration["worker.kind"]?.display ?? "peer"
  }

  /// What tells the setting from others, without who measured it.
  private static func setting(of point: PointResult, _ benchmark: BenchmarkResults) -> String {
    let parts = zip(benchmark.axes, point.levels).compactMap { axis, level in
      level == nil || axis.path == "variant" || axis.path.hasPrefix("worker.")
        ? nil : "\(axis.path)=\(axis.text(level))"
    }
    return parts.isEmpty ? "–" : parts.joined(separator: ", ")
  }

  private static func table(
    _ label: String, @HTMLBuilder head: () -> HTML, @HTMLBuilder body: () -> HTML
  ) -> HTML {
    HTML("div", ["class": "scroll", "tabindex": "0", "role": "region", "aria-label": label]) {
      HTML("table", ["class": "points"]) {
        HTML("thead") { head() }
        HTML("tbody") { body() }
      }
    }
  }
}
