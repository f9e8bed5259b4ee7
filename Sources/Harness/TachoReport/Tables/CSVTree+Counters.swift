// SPDX-License-Identifier: Apache-2.0
import TachoRecord

extension CSVTree {
  private static let countColumns = [
    "raw", "enabled_ns", "running_ns", "value", "validity", "unavailable",
  ]

  static func counters(_ results: ResultSet) -> CSVText {
    var csv = CSVText(
      header: ["run", "sample", "warmup", "thread", "event", "quantity", "scope", "group"]
        + countColumns)
    for sample in results.sweeps.flatMap(\.runs).flatMap(\.samples) {
      for reading in sample.observation.counters ?? [] {
        let total = CounterReading.OnThread(thread: -1, count: reading.total)
        for row in [total] + reading.threads {
          csv.append(
            head(sample) + [
              String(row.thread), reading.event, reading.quantity?.rawValue ?? "",
              reading.scope?.rawValue ?? "", whole(reading.group),
            ] + fields(row.count))
        }
      }
    }
    return csv
  }

  static func kernelCounters(_ results: ResultSet) -> CSVText {
    var csv = CSVText(
      header: ["run", "sample", "warmup", "op", "launches", "event", "scope", "group"]
        + countColumns)
    for sample in results.sweeps.flatMap(\.runs).flatMap(\.samples) {
      for reading in sample.observation.kernelCounters ?? [] {
        csv.append(
          head(sample) + [
            reading.op, String(reading.launches), reading.event, reading.scope?.rawValue ?? "",
            whole(reading.group),
          ] + fields(reading.count))
      }
    }
    return csv
  }

  private static func head(_ sample: SampleRecord) -> [String] {
    [sample.runID, String(sample.index), sample.warmup ? "true" : "false"]
  }

  private static func whole(_ value: Int?) -> String { value.map { String($0) } ?? "" }

  private static func fields(_ count: CounterCount) -> [String] {
    [
      whole(count.raw), whole(count.enabledNs), whole(count.runningNs),
      CSVText.number(count.value), count.validity.rawValue, count.reason ?? "",
    ]
  }
}
