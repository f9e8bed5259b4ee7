// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// How much of the memory bandwidth that the same sweep measured a decode used.
///
/// It needs another benchmark's result, so it is computed when results are read and never stored.
package enum FractionOfReadBandwidth {
  package static let metric = Metric(
    id: "decode/fraction-of-read-bandwidth", unit: .ratio, better: .higher,
    definition:
      """
      decode/bytes-per-second over the median kernel/bytes-per-second of the read kernel with as many \
      threads in the same sweep (of several, the largest working set). Above 1 where caches hold part \
      of the weights. Null without such a benchmark.
      """)

  /// The sweep with the metric in each sample of a decode; as it is when no read kernel was measured.
  package static func adding(to sweep: ResultSet.Sweep) -> ResultSet.Sweep {
    let bandwidths = readBandwidths(sweep.runs)
    guard !bandwidths.isEmpty else { return sweep }
    var result = sweep
    for run in result.runs.indices {
      let threads = threads(of: result.runs[run].record)
      for sample in result.runs[run].samples.indices {
        let measurements = result.runs[run].samples[sample].measurements
        guard !measurements.contains(where: { $0.metric.id == metric.id }),
          let rate = measurements.first(where: { $0.metric.id == DecodeBytesPerSecond.metric.id })
        else { continue }
        let reading = reading(of: rate.reading, threads, bandwidths)
        result.runs[run].samples[sample].measurements.append(Measurement(metric, reading))
      }
    }
    return result
  }

  private static func reading(
    of rate: Reading, _ threads: Int?, _ bandwidths: [Int: Double]
  ) -> Reading {
    guard case .value(let bytes) = rate else { return rate }
    guard let threads else { return .unavailable("the number of threads is not on record") }
    guard let bandwidth = bandwidths[threads] else {
      return .unavailable(
        "no read benchmark with \(threads) \(threads == 1 ? "thread" : "threads") in this sweep")
    }
    return .value(bytes / bandwidth)
  }

  /// Bytes per second by number of threads.
  private static func readBandwidths(_ runs: [ResultSet.Run]) -> [Int: Double] {
    struct Setting: Hashable {
      let threads: Int
      let workingSet: Int
    }
    var rates: [Setting: [Double]] = [:]
    for run in runs where run.record.status == .completed {
      guard run.record.point.kind == "kernel",
        run.record.point.configuration["kernel.op"]?.stringValue == "read",
        let threads = threads(of: run.record)
      else { continue }
      let bytes = run.record.facts["kernel.read_bytes"]?.intValue ?? 0
      rates[Setting(threads: threads, workingSet: bytes), default: []] +=
        run.values(of: KernelBytesPerSecond.metric.id).filter { $0.isFinite && $0 > 0 }
    }
    var result: [Int: Double] = [:]
    for setting in rates.keys.sorted(by: { $0.workingSet < $1.workingSet }) {
      if let median = Summary.median(of: rates[setting] ?? []) { result[setting.threads] = median }
    }
    return result
  }

  /// What the worker took, else what it was asked for.
  private static func threads(of run: RunRecord) -> Int? {
    [run.facts["engine.threads"], run.point.configuration["engine.threads"]]
      .compactMap { $0?.intValue }.first { $0 > 0 }
  }
}
