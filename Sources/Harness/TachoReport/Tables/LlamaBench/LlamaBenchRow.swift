// SPDX-License-Identifier: Apache-2.0

/// One test as llama-bench reports it, with its field names, so that scripts made for it go on working.
///
/// Fields and their order are those of llama.cpp's `tools/llama-bench` (2026), plus `use_mmap`, which
/// it had until `load_mode` took its place and which `compare-llama-bench.py` still asks for. Settings
/// of a GPU or of ggml that mean nothing here have llama-bench's neutral value.
package struct LlamaBenchRow: Sendable, Hashable {
  package var buildCommit = "unknown"
  package var buildNumber = 0
  package var cpuInfo = ""
  package var backend = "CPU"
  package var modelFilename = ""
  /// `llama 1.1B Q4_0`: architecture, size, weight format.
  package var modelType = ""
  package var modelSize = 0
  package var modelParameters = 0
  package var batch = 2048
  package var microbatch = 512
  package var threads = 1
  package var typeK = "f16"
  package var typeV = "f16"
  package var usesMmap = true
  package var promptTokens = 0
  package var outputTokens = 0
  package var depth = 0
  /// When the test began, in UTC to the second: `2026-11-21T09:00:01Z`.
  package var testTime = ""
  package var samplesNs: [Int] = []

  package init() {}

  /// Tokens per second of each repetition: prompt and output tokens over its time.
  package var samplesTs: [Double] {
    let tokens = Double(promptTokens) + Double(outputTokens)
    return samplesNs.map { $0 > 0 ? 1e9 * tokens / Double($0) : 0 }
  }

  package var averageNs: Int { Self.whole(Self.mean(samplesNs.map { Double($0) })) }
  package var deviationNs: Int { Self.whole(Self.deviation(samplesNs.map { Double($0) })) }
  package var averageTs: Double { Self.mean(samplesTs) }
  package var deviationTs: Double { Self.deviation(samplesTs) }

  /// `pp512`, `tg128`, `pp512+tg128`, each with `@ d2048` behind when the cache was filled first.
  package var test: String {
    var name = "pp\(promptTokens)+tg\(outputTokens)"
    if outputTokens == 0, promptTokens > 0 { name = "pp\(promptTokens)" }
    if promptTokens == 0, outputTokens > 0 { name = "tg\(outputTokens)" }
    return depth > 0 ? "\(name) @ d\(depth)" : name
  }

  private static func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
  }

  /// With n - 1; 0 for a single repetition.
  private static func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  private static func whole(_ value: Double) -> Int {
    Int(exactly: value.rounded(.towardZero)) ?? 0
  }
}
