// SPDX-License-Identifier: Apache-2.0
import TachoSuite

/// How many points a benchmark expands to before exclusions, counted without making any.
struct PointCount {
  let position: SourcePosition
  let benchmark: String
  /// What multiplies, largest cause first in messages: `engine.threads 1024`.
  let factors: [(name: String, count: Int)]
  let included: Int

  init(_ overridden: OverriddenBenchmark) {
    let benchmark = overridden.benchmark
    position = benchmark.position
    self.benchmark = benchmark.name
    let models = max(1, benchmark.models.count)
    let variants = max(1, benchmark.variants.count)
    factors =
      [("models", models), ("variants", variants)]
      + benchmark.axes.map { ($0.path, $0.values.count) }
      + benchmark.zips.map { group in
        (group.map(\.path).joined(separator: " with "), group.first?.values.count ?? 1)
      }
    included = benchmark.include.reduce(0) { $0 + variants * ($1.model == nil ? models : 1) }
  }

  /// As a Double, which does not overflow: only the comparison with the limit matters.
  var total: Double {
    factors.reduce(1.0) { $0 * Double($1.count) } + Double(included)
  }

  /// Logs every benchmark that is too large, and the suite when only the sum is.
  static func check(_ counts: [PointCount], _ log: ProblemLog) {
    let limit = Double(Planner.maxPoints)
    for count in counts where count.total > limit {
      let factors = count.factors.filter { $0.count > 1 }.sorted { $0.count > $1.count }
        .map { "\($0.name) \($0.count)" }.joined(separator: " x ")
      log.add(
        count.position,
        "benchmark '\(count.benchmark)' expands to \(display(count.total)) points (\(factors));"
          + " at most \(Planner.maxPoints) are allowed, so sweep fewer values")
    }
    let total = counts.reduce(0.0) { $0 + $1.total }
    if log.isEmpty, total > limit, let first = counts.first {
      let parts = counts.map { "\($0.benchmark) \(display($0.total))" }
      log.add(
        first.position,
        "the benchmarks expand to \(display(total)) points together"
          + " (\(parts.joined(separator: ", "))); at most \(Planner.maxPoints) are allowed")
    }
  }

  private static func display(_ count: Double) -> String {
    count < 1e15 ? String(Int(count)) : "\(count)"
  }
}
