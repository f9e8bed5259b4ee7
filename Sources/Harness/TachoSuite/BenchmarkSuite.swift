// SPDX-License-Identifier: Apache-2.0

/// A suite as written: names resolved, every value in its knob's type, nothing expanded yet.
package struct BenchmarkSuite: Sendable {
  package var name: String
  package var description: String
  /// The suite's own file.
  package var path: String
  /// The text of all its files, included ones first.
  package var text: String
  package var benchmarks: [SuiteBenchmark]

  package init(
    name: String, description: String = "", path: String, text: String,
    benchmarks: [SuiteBenchmark]
  ) {
    self.name = name
    self.description = description
    self.path = path
    self.text = text
    self.benchmarks = benchmarks
  }
}
