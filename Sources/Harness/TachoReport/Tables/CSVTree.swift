// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
package import TachoRecord

/// Everything in a result set as CSV files that refer to one another by id.
package enum CSVTree {
  /// File name and content, in the order of the data's own structure.
  package static func files(of results: ResultSet) -> [(name: String, content: String)] {
    let tables = [
      ("machines.csv", machines(results)), ("builds.csv", builds(results)),
      ("sweeps.csv", sweeps(results)), ("points.csv", points(results)), ("runs.csv", runs(results)),
      ("samples.csv", samples(results)), ("measurements.csv", measurements(results)),
      ("requests.csv", requests(results)),
      ("launches.csv", launches(results)), ("steps.csv", steps(results)),
      ("counters.csv", counters(results)), ("kernel_counters.csv", kernelCounters(results)),
      ("events.csv", events(results)),
    ]
    let readme = """
      Results of tacho. runs.csv refers to sweeps.csv (sweep) and points.csv (point_id); samples.csv,
      measurements.csv, requests.csv, launches.csv, steps.csv, counters.csv and kernel_counters.csv refer to runs.csv
      (run) and the sample's index. Times in ns are of the worker's monotonic clock. An empty value has
      its reason beside it. In counters.csv thread -1 is all threads together; kernel_counters.csv sums an
      operation's launches in the sample.

      """
    return [("README.txt", readme)] + tables.map { (name: $0.0, content: $0.1.text) }
  }

  /// Writes the files into a directory, which is made when it is missing.
  package static func export(_ results: ResultSet, to directory: String) throws {
    let folder = URL(fileURLWithPath: directory, isDirectory: true)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for file in files(of: results) {
        try Data(file.content.utf8).write(to: folder.appendingPathComponent(file.name))
      }
    } catch {
      throw CSVTreeError(directory: directory, detail: error.localizedDescription)
    }
  }

  private static func machines(_ results: ResultSet) -> CSVText {
    facts(results.sweeps.map { ($0.record.machine.id, $0.record.machine.facts) }, "machine_id")
  }

  private static func builds(_ results: ResultSet) -> CSVText {
    facts(results.sweeps.map { ($0.record.build.id, $0.record.build.facts) }, "build_id")
  }

  /// One row per id, one column per fact.
  private static func facts(
    _ all: [(id: String, facts: [String: ConfigurationValue])], _ idColumn: String
  ) -> CSVText {
    let names = Set(all.flatMap(\.facts.keys)).sorted()
    var csv = CSVText(header: [idColumn] + names)
    var seen: Set<String> = []
    for entry in all where seen.insert(entry.id).inserted {
      csv.append([entry.id] + names.map { entry.facts[$0]?.display ?? "" })
    }
    return csv
  }

  private static func sweeps(_ results: ResultSet) -> CSVText {
    var csv = CSVText(header: [
      "sweep", "suite", "plan_hash", "started_at", "machine_id", "machine", "build_id", "command",
      "suite_text",
    ])
    for sweep in results.sweeps.map(\.record) {
      csv.append([
        sweep.id, sweep.suite, sweep.planHash, sweep.startedAt, sweep.machine.id,
        sweep.machine.name, sweep.build.id, sweep.command, sweep.suiteText,
      ])
    }
    return csv
  }

  private static func points(_ results: ResultSet) -> CSVText {
    let all = results.sweeps.flatMap(\.runs).map(\.record.point)
    let paths = Set(all.flatMap(\.configuration.paths)).sorted()
    var csv = CSVText(header: ["point_id", "kind"] + paths)
    var seen: Set<String> = []
    for point in all {
      let id = point.id
      guard seen.insert(id).inserted else { continue }
      csv.append([id, point.kind] + paths.map { point.configuration[$0]?.display ?? "" })
    }
    return csv
  }

  private static func runs(_ results: ResultSet) -> CSVText {
    let all = results.sweeps.flatMap(\.runs).map(\.record)
    let names = Set(all.flatMap(\.facts.keys)).sorted()
    var csv = CSVText(
      header: [
        "run", "sweep", "point_id", "benchmark", "variant", "label", "launch", "position",
        "started_at", "finished_at", "status", "reason", "stderr_tail",
      ] + names)
    for run in all {
      csv.append(
        [
          run.id, run.sweepID, run.point.id, run.point.benchmark, run.point.variant ?? "",
          run.point.label, String(run.launch), String(run.order), run.startedAt,
          run.finishedAt ?? "", run.status.rawValue, run.reason ?? "", run.stderrTail ?? "",
        ] + names.map { run.facts[$0]?.display ?? "" })
    }
    return csv
  }

  private static func events(_ results: ResultSet) -> CSVText {
    var csv = CSVText(header: ["sweep", "run", "at", "kind", "message"])
    for event in results.sweeps.flatMap(\.events) {
      csv.append([event.sweepID, event.runID ?? "", event.at, event.kind, event.message])
    }
    return csv
  }
}

/// A directory that could not be written.
package struct CSVTreeError: Error, CustomStringConvertible {
  let directory: String
  let detail: String

  package var description: String {
    "cannot write CSV files to \(directory): \(detail). Give a directory that can be written"
  }
}
