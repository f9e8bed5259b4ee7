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

  /// Ratios to pinned references, from the jobs of the gate among the results.
  static func ratios(of gates: [GateResult], in results: ResultSet) -> [HistorySeries] {
    let sweeps = Dictionary(results.sweeps.map { ($0.record.id, $0.record) }) { first, _ in first }
    let jobs = gates.compactMap { gate in
      sweeps[gate.record.sweepID].map { GateHistory.Job(result: gate, sweep: $0) }
    }
    return GateHistory(jobs).pinned.series(revisions: nil, isComplete: false)
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
