// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoWorkloads

/// A model cache of this process's own, named by `TACHO_CACHE` and removed at its end.
enum TestCache {
  static let directory: String = {
    let path =
      FileManager.default.temporaryDirectory.path
      + "/tacho-cache-\(ProcessInfo.processInfo.processIdentifier)"
    setenv("TACHO_CACHE", path, 1)
    atexit { try? FileManager.default.removeItem(atPath: TestCache.directory) }
    return path
  }()

  /// Settings of a tiny synthetic model, with others laid over.
  static func tiny(_ others: [String: ConfigurationValue]) -> Configuration {
    _ = directory
    return Configuration(["model.synth.shape": "tiny-llama", "engine.threads": 2])
      .merging(Configuration(others))
  }

  /// A prepared `generate` workload of that model.
  static func generate(
    _ others: [String: ConfigurationValue]
  ) throws -> any Workload {
    try Workloads.prepare(kind: "generate", tiny(others))
  }
}
