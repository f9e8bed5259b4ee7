// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog

/// What one start of llama-bench printed with `-o json`: one test and the times of its repetitions.
///
/// Strict about what a measurement needs, indifferent to any other field: those become facts.
struct LlamaBenchResult {
  /// What was measured, as llama-bench reports it back.
  struct Test: Hashable {
    let prompt: Int
    let output: Int
    /// 0 where a version has no such field.
    let depth: Int
    let threads: Int
  }

  let test: Test
  /// The length of each repetition's timed region, in nanoseconds.
  let samplesNs: [Int]
  /// Every other field that is a plain value.
  let fields: [String: ConfigurationValue]

  init(_ output: String) throws {
    let rows: [[String: ConfigurationValue]]
    do {
      rows = try JSONDecoder().decode([[String: ConfigurationValue]].self, from: Data(output.utf8))
    } catch {
      throw WorkloadError(
        .failed,
        "llama-bench printed no JSON array of results but: '\(output.prefix(160))'; its standard "
          + "error, stored with the run, may say why")
    }
    guard rows.count == 1, let row = rows.first else {
      throw WorkloadError(
        .failed,
        "llama-bench measured \(rows.count) tests where 1 was asked for: do worker.arguments add some?"
      )
    }
    func count(_ name: String) throws -> Int {
      guard let value = row[name]?.intValue, value >= 0 else {
        throw WorkloadError(
          .failed, "llama-bench's result has no whole number '\(name)': it is another program's")
      }
      return value
    }
    test = Test(
      prompt: try count("n_prompt"), output: try count("n_gen"),
      depth: row["n_depth"] == nil ? 0 : try count("n_depth"), threads: try count("n_threads"))
    guard case .array(let times) = row["samples_ns"] ?? .null, !times.isEmpty,
      times.allSatisfy({ ($0.intValue ?? 0) > 0 })
    else {
      throw WorkloadError(
        .failed, "llama-bench's result has no times above 0 in 'samples_ns': it is too old to use")
    }
    samplesNs = times.compactMap(\.intValue)
    let measured = ["avg_", "stddev_", "samples_"]
    fields = row.filter { name, value in
      switch value {
      case .array, .object: return false
      default: return name != "test_time" && !measured.contains(where: name.hasPrefix)
      }
    }
  }

  /// `0c1e570 (4321)`: the commit and build number it was compiled with.
  var version: String {
    let commit = fields["build_commit"]?.stringValue ?? "unknown"
    return fields["build_number"]?.intValue.map { "\(commit) (\($0))" } ?? commit
  }
}
