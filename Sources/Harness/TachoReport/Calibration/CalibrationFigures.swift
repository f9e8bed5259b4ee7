// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// What a calibration found, figure by figure, under the names of the benchmarks of its suite
/// (`CalibrationSuite`).
package struct CalibrationFigures: Sendable {
  /// One figure: of what, with how many threads.
  package struct Figure: Sendable {
    package let section: Section
    package let name: String
    package let threads: Int?
    package let estimate: Estimate
    package let launches: Int
    package let flagged: Int
  }

  package enum Section: String, Sendable, CaseIterable {
    case read = "Read bandwidth"
    case copy = "Copy bandwidth (bytes read and bytes written)"
    case latency = "Latency of a load"
    case peak = "Peak arithmetic (a multiply-add is two)"
    case cost = "Costs"
  }

  package let sweep: SweepRecord
  package let figures: [Figure]
  /// Benchmarks without a figure, and why.
  package let missing: [String]
  /// The conditions recorded when it began: load, steal, pressure.
  package let conditions: String?

  package init(_ sweep: ResultSet.Sweep) {
    self.sweep = sweep.record
    conditions = sweep.events.first { $0.kind == "conditions" }?.message
    var figures: [Figure] = []
    var missing: [String] = []
    for point in PointResult.all(in: sweep) {
      let found = Self.metrics(of: point).compactMap { section, name, metric -> Figure? in
        guard let readings = point.readings(of: metric), readings.median != nil else { return nil }
        return Figure(
          section: section, name: name,
          threads: point.point.kind == "kernel"
            ? point.point.configuration["engine.threads"]?.intValue : nil,
          estimate: Estimate(readings), launches: point.runs.count, flagged: point.flaggedSamples)
      }
      if found.isEmpty {
        missing.append(
          "\(point.point.benchmark) \(point.point.label): "
            + (point.reason ?? point.status.rawValue))
      }
      figures += found
    }
    self.figures = figures
    self.missing = missing
  }

  private static func metrics(
    of point: PointResult
  ) -> [(section: Section, name: String, metric: String)] {
    let benchmark = point.point.benchmark
    let configuration = point.point.configuration
    func place() -> String {
      let level = benchmark.split(separator: "-").last.map(String.init) ?? ""
      if let kibibytes = configuration["kernel.thread_kib"]?.intValue, kibibytes > 0 {
        return "\(level.uppercased()), \(kibibytes) KiB a thread"
      }
      return "\(level), \(configuration["kernel.working_set_mib"]?.intValue ?? 0) MiB"
    }
    switch configuration["kernel.op"]?.stringValue {
    case "read": return [(.read, place(), KernelBytesPerSecond.metric.id)]
    case "copy":
      return [(.copy, "\(place()), through the caches", KernelBytesPerSecond.metric.id)]
    case "copy_stream":
      return [(.copy, "\(place()), past the caches", KernelBytesPerSecond.metric.id)]
    case "chase": return [(.latency, place(), KernelSeconds.metric.id)]
    case "peak":
      let words = ["kernel.arithmetic", "engine.isa"].compactMap {
        configuration[$0]?.stringValue
      }
      return [(.peak, words.joined(separator: ", "), KernelFlopsPerSecond.metric.id)]
    case "null": return [(.cost, "an empty launch", KernelSeconds.metric.id)]
    case "wake": return [(.cost, "waking sleeping workers", KernelSeconds.metric.id)]
    case "clock":
      let step = point.runs.compactMap { $0.record.facts["clock.resolution_ns"]?.intValue }.max()
      let name = "reading the clock" + (step.map { " (resolution \($0) ns)" } ?? "")
      return [(.cost, name, KernelSeconds.metric.id)]
    default:
      guard point.point.kind == "empty" else { return [] }
      return [
        (.cost, "the meter of a sample", SampleSeconds.metric.id),
        (.cost, "asking for a sample (protocol)", SampleOverheadSeconds.metric.id),
      ]
    }
  }
}
