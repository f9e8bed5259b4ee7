// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
package import TachoRecord

/// Which series a history shows when no metric is asked for.
package enum HistorySelection {
  /// The metrics that the report's charts of the same benchmark show.
  package static func headline(
    of results: ResultSet, revisions: [String]? = nil
  ) -> [HistorySeries] {
    headline(
      of: results, benchmarks: ReportContext(results: results, title: "").benchmarks, revisions)
  }

  static func headline(
    of results: ResultSet, benchmarks: [BenchmarkResults], _ revisions: [String]? = nil
  ) -> [HistorySeries] {
    var wanted: Set<[String]> = []
    for benchmark in benchmarks {
      for metric in benchmark.headline {
        wanted.insert([benchmark.name, benchmark.kind, metric.id])
      }
    }
    return AbsoluteHistory.series(in: results.sweeps, revisions: revisions) { point, metric in
      wanted.contains([point.benchmark, point.kind, metric.id])
    }
  }
}
