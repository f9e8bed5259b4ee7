// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoSuite

/// A benchmark with the settings of the command line over it.
struct OverriddenBenchmark {
  var benchmark: SuiteBenchmark
  private(set) var overrides = Configuration()

  init(_ benchmark: SuiteBenchmark) {
    self.benchmark = benchmark
  }

  /// Fixes a knob.
  ///
  /// An axis over it shrinks to the one value; in a zip group it stays fixed while the others
  /// advance.
  mutating func set(_ path: String, _ value: ConfigurationValue) {
    overrides = overrides.layering(Configuration([path: value]))
    for index in benchmark.axes.indices where benchmark.axes[index].path == path {
      benchmark.axes[index].values = [value]
    }
  }
}
