// SPDX-License-Identifier: Apache-2.0
import TachoRecord

extension CSVTree {
  static func samples(_ results: ResultSet) -> CSVText {
    let environment = SampleEnvironment(wallSeconds: 0).fields.map(\.name)
    let header = [
      "run", "sample", "warmup", "started_at", "start_ns", "end_ns", "prompt_tokens",
      "cached_tokens", "output_tokens", "depth", "iterations", "flops", "weight_bytes", "kv_bytes",
      "activation_bytes", "user_seconds", "system_seconds", "minor_faults", "major_faults",
      "voluntary_switches", "involuntary_switches", "peak_resident_bytes", "output_fingerprint",
      "reference_error", "flag", "counted",
    ]
    var csv = CSVText(header: header + environment + ["environment_unavailable"])
    let counted = countedSamples(results)
    for sample in results.sweeps.flatMap(\.runs).flatMap(\.samples) {
      let isCounted = counted.contains([sample.runID, String(sample.index)])
      csv.append(fields(sample) + [isCounted ? "true" : "false"] + surroundings(sample))
    }
    return csv
  }

  /// Run and index of the samples that statistics are made of.
  private static func countedSamples(_ results: ResultSet) -> Set<[String]> {
    Set(
      PointResult.all(in: results).flatMap(\.samples).joined().map {
        [$0.runID, String($0.index)]
      })
  }

  /// One column for each field of the environment, and one with the reasons of the empty ones.
  private static func surroundings(_ sample: SampleRecord) -> [String] {
    let environment = sample.environment
    let fields = (environment ?? SampleEnvironment(wallSeconds: 0)).fields
    return fields.map { environment == nil ? "" : CSVText.number($0.value) }
      + [environment.map(\.reasons) ?? "nobody looked"]
  }

  private static func fields(_ sample: SampleRecord) -> [String] {
    let seen = sample.observation
    func whole(_ value: Int?) -> String { value.map { String($0) } ?? "" }
    let times = sample.isTimed ? [seen.startNs, seen.endNs].map(whole) : ["", ""]
    let tokens = [
      seen.promptTokens, seen.cachedTokens, seen.outputTokens, seen.depth, seen.iterations,
    ].map(whole)
    let work = [
      seen.flops, seen.weightBytes, seen.kvBytes, seen.activationBytes, seen.usage?.userSeconds,
      seen.usage?.systemSeconds,
    ].map(CSVText.number)
    let usage = [
      seen.usage?.minorFaults, seen.usage?.majorFaults, seen.usage?.voluntarySwitches,
      seen.usage?.involuntarySwitches, seen.usage?.peakResidentBytes,
    ].map(whole)
    let head = [
      sample.runID, String(sample.index), sample.warmup ? "true" : "false", sample.startedAt,
    ]
    let tail = [
      seen.outputFingerprint ?? "", CSVText.number(seen.referenceError), sample.flag ?? "",
    ]
    return head + times + tokens + work + usage + tail
  }

  static func measurements(_ results: ResultSet) -> CSVText {
    var csv = CSVText(header: [
      "run", "sample", "warmup", "metric", "metric_version", "unit", "better", "value",
      "unavailable",
    ])
    for sample in results.sweeps.flatMap(\.runs).flatMap(\.samples) {
      for measurement in sample.measurements {
        let metric = measurement.metric
        var reason = ""
        switch measurement.reading {
        case .unavailable(let text): reason = text
        case .value(let value) where !value.isFinite: reason = "not finite: \(value)"
        case .value: break
        }
        csv.append([
          sample.runID, String(sample.index), sample.warmup ? "true" : "false", metric.id,
          String(metric.version), metric.unit.rawValue, metric.better.rawValue,
          CSVText.number(measurement.reading.number), reason,
        ])
      }
    }
    return csv
  }

  static func launches(_ results: ResultSet) -> CSVText {
    var csv = CSVText(header: [
      "run", "sample", "launch", "op", "variant", "step", "layer", "enqueue_ns", "first_start_ns",
      "last_start_ns", "first_end_ns", "last_end_ns", "end_ns",
    ])
    for sample in results.sweeps.flatMap(\.runs).flatMap(\.samples) {
      for (position, launch) in (sample.observation.trace?.launches ?? []).enumerated() {
        let numbers = [
          launch.step, launch.layer, launch.enqueueNs, launch.firstStartNs, launch.lastStartNs,
          launch.firstEndNs, launch.lastEndNs, launch.endNs,
        ]
        csv.append(
          [sample.runID, String(sample.index), String(position), launch.op, launch.variant]
            + numbers.map { String($0) })
      }
    }
    return csv
  }

  static func steps(_ results: ResultSet) -> CSVText {
    var csv = CSVText(header: [
      "run", "sample", "step", "rows", "start_ns", "end_ns", "processor", "involuntary_switches",
      "minor_faults", "major_faults", "slow",
    ])
    for sample in results.sweeps.flatMap(\.runs).flatMap(\.samples) {
      for step in sample.observation.trace?.steps ?? [] {
        let numbers = [
          step.step, step.rows, step.startNs, step.endNs, step.processor,
          step.involuntarySwitches, step.minorFaults, step.majorFaults,
        ]
        csv.append(
          [sample.runID, String(sample.index)] + numbers.map { String($0) }
            + [step.isSlow ? "true" : "false"])
      }
    }
    return csv
  }
}
