// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoSuite
import Testing

@Suite struct ExpansionPropertyTests {
  /// Axes over three knobs, a zip group over two, one exclusion and some inclusions, all random: the
  /// size is the product minus what the exclusion covers plus the inclusions, each point once.
  @Test(arguments: 0..<60)
  func sizeIsProductMinusExcludedPlusIncluded(_ seed: Int) throws {
    var random = SeededNumbers(seed: UInt64(seed))
    let threads = 1 + random.below(4)
    let rows = 1 + random.below(4)
    let ops = 1 + random.below(3)
    let zipped = 1 + random.below(3)
    let names = ["gemv", "gemm", "read"].prefix(ops)
    let excludedThreads = 1 + random.below(6)
    let excludedOps = random.below(4)
    let included = random.below(4)
    let exclusion =
      (["engine.threads: \(excludedThreads)"]
      + (excludedOps > 0
        ? ["kernel.op: [\(["gemv", "gemm", "read"].prefix(excludedOps).joined(separator: ","))]"]
        : []))
      .joined(separator: ", ")
    let extra = (0..<included).map { "{ kernel.depth: \($0 + 1) }" }.joined(separator: ", ")
    let yaml = """
      schema: 1
      benchmarks:
        k:
          kind: kernel
          axes:
            engine.threads: 1..\(threads)
            kernel.rows: [\((1...rows).map(String.init).joined(separator: ", "))]
            kernel.op: [\(names.joined(separator: ", "))]
          zip:
            - kernel.columns: 1..\(zipped)
              kernel.batch: 11..\(10 + zipped)
          exclude: [ { \(exclusion) } ]
          include: [ \(extra) ]
      """
    let suite = try SuiteFile.read(text: yaml, path: "s.yaml", kinds: SampleKinds.all)
    let points = try Planner().plan(suite).points
    let product = threads * rows * ops * zipped
    let hitThreads = excludedThreads <= threads ? 1 : 0
    let hitOps = excludedOps == 0 ? ops : min(ops, excludedOps)
    let excluded = hitThreads * hitOps * rows * zipped
    #expect(points.count == product - excluded + included, "seed \(seed):\n\(yaml)")
    #expect(Set(points.map(\.point.id)).count == points.count, "seed \(seed)")
    for point in points.map(\.point.configuration) where point["kernel.columns"] != nil {
      let columns = try #require(point["kernel.columns"]?.intValue)
      #expect(point["kernel.batch"]?.intValue == columns + 10, "seed \(seed)")
    }
  }
}

/// Reproducible numbers for property tests (SplitMix64).
struct SeededNumbers {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
