// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
package import TachoSuite

/// Expands a suite into points: models, then variants, then axes in their order, the last fastest.
///
/// Precedence, low to high: base, variant, the benchmark's set, its model, its axes, `--set`.
/// Knob defaults are not written into points.
package struct Planner: Sendable {
  /// Points of one plan; more would take months, so it is a typing mistake.
  package static let maxPoints = 100_000

  package var overrides: [PlanOverride]
  /// A regular expression over `BENCHMARK LABEL`; points without a match are left out.
  package var filter: String?

  package init(overrides: [PlanOverride] = [], filter: String? = nil) {
    self.overrides = overrides
    self.filter = filter
  }

  /// The plan of a suite.
  package func plan(_ suite: BenchmarkSuite) throws(SuiteError) -> Plan {
    let log = ProblemLog()
    let benchmarks = overridden(suite.benchmarks, log)
    let counts = benchmarks.map(PointCount.init)
    PointCount.check(counts, log)
    try log.throwIfAny()
    var points: [PlannedPoint] = []
    for benchmark in benchmarks {
      let expansion = BenchmarkExpansion(benchmark)
      points += expansion.points(log)
    }
    try log.throwIfAny()
    return Plan(
      suite: suite.name, suiteText: suite.text, points: try filtered(points),
      gate: benchmarks.first.map { GatePlanSettings($0.benchmark.gate) } ?? GatePlanSettings())
  }

  /// The benchmarks with every `--set` laid over them and taken out of what they sweep.
  private func overridden(
    _ benchmarks: [SuiteBenchmark], _ log: ProblemLog
  ) -> [OverriddenBenchmark] {
    var result = benchmarks.map { OverriddenBenchmark($0) }
    for override in overrides {
      if override.path.hasPrefix("measure.") {
        let key = String(override.path.dropFirst("measure.".count))
        for index in result.indices {
          do throws(ValueError) {
            try result[index].benchmark.measurement.set(key, to: override.text)
          } catch {
            log.add(override.position, error.description)
          }
        }
        continue
      }
      if override.path.hasPrefix("gate.") {
        let key = String(override.path.dropFirst("gate.".count))
        for index in result.indices {
          do throws(ValueError) {
            try result[index].benchmark.gate.set(key, to: override.text)
          } catch {
            log.add(override.position, error.description)
          }
        }
        continue
      }
      let knobs = benchmarks.flatMap(\.kind.knobs)
      guard knobs.contains(where: { $0.path == override.path }) else {
        let known = knobs.map(\.path)
        log.add(
          override.position,
          "no benchmark of this suite has a knob '\(override.path)'"
            + didYouMean(override.path, among: known))
        continue
      }
      for index in result.indices {
        guard let knob = benchmarks[index].kind.knobs.first(where: { $0.path == override.path })
        else { continue }
        do throws(ValueError) {
          // The shell does not expand `~` after an equals sign.
          let text =
            knob.namesFile
            ? SuiteFile.resolve(override.text, relativeTo: "") : override.text
          result[index].set(override.path, try knob.value(of: text))
        } catch {
          log.add(override.position, error.description)
        }
      }
    }
    for index in result.indices {
      let benchmark = result[index].benchmark
      for contradiction in [benchmark.measurement.contradiction, benchmark.gate.contradiction] {
        if let contradiction { log.add(benchmark.position, contradiction) }
      }
    }
    return result
  }

  private func filtered(_ points: [PlannedPoint]) throws(SuiteError) -> [PlannedPoint] {
    guard let filter else { return points }
    let position = SourcePosition(file: "--filter")
    let pattern: Regex<AnyRegexOutput>
    do {
      pattern = try Regex(filter)
    } catch {
      throw SuiteError(position, "'\(filter)' is not a regular expression: \(error)")
    }
    let kept = points.filter { planned in
      let text = "\(planned.point.benchmark) \(planned.point.label)"
      return text.firstMatch(of: pattern) != nil
        || planned.point.name.firstMatch(of: pattern) != nil
    }
    guard kept.isEmpty, !points.isEmpty else { return kept }
    let examples = points.prefix(3).map { "'\($0.point.benchmark) \($0.point.label)'" }
    throw SuiteError(
      position,
      "no point matches '\(filter)'; points are named \(examples.joined(separator: ", "))"
        + (points.count > 3 ? ", ..." : ""))
  }
}
