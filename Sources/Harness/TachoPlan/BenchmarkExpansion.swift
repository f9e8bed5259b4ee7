// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import TachoSuite

/// Makes the points of one benchmark: product minus exclusions plus inclusions, each point once.
struct BenchmarkExpansion {
  private let benchmark: SuiteBenchmark
  private let overrides: Configuration
  /// What tells the points apart, in the suite's order.
  private let axes: [String]
  /// Sweeps as lists of settings: one path each for an axis, several for a zip group.
  private let sweeps: [[Configuration]]
  /// The knobs of this kind that name a model: one of them has to be set.
  private let modelPaths: [String]

  init(_ overridden: OverriddenBenchmark) {
    benchmark = overridden.benchmark
    overrides = overridden.overrides
    modelPaths = Self.namingModel(benchmark.kind.knobs)
    let swept = benchmark.axes.map(\.path) + benchmark.zips.flatMap { $0.map(\.path) }
    var seen: Set<String> = []
    axes = (Self.differing(benchmark.models) + swept + benchmark.include.flatMap(\.paths))
      .filter { seen.insert($0).inserted }
    sweeps =
      benchmark.axes.map { axis in axis.values.map { Configuration([axis.path: $0]) } }
      + benchmark.zips.map { group in
        let length = group.map(\.values.count).min() ?? 0
        return (0..<length).map { index in
          var step = Configuration()
          for axis in group { step[axis.path] = axis.values[index] }
          return step
        }
      }
  }

  /// The points in order; logs a missing model once.
  func points(_ log: ProblemLog) -> [PlannedPoint] {
    var points: [PlannedPoint] = []
    var seen: Set<Identity> = []
    let most = models.count * variants.count * sweeps.reduce(1) { $0 * $1.count }
    points.reserveCapacity(most)
    seen.reserveCapacity(most)
    func add(_ configuration: Configuration, _ variant: String?) {
      if missesModel(configuration) {
        log.add(
          benchmark.position,
          "benchmark '\(benchmark.name)' of kind '\(benchmark.kind.name)' needs a model; add"
            + " 'model: NAME' to it and 'models: { NAME: { path: FILE.gguf } }' to the suite,"
            + " or use --set model.path=FILE.gguf")
        return
      }
      guard seen.insert(Identity(variant: variant, configuration: configuration)).inserted else {
        return
      }
      points.append(planned(configuration, variant))
    }
    for model in models {
      for variant in variants {
        let lower = layers(model, variant)
        forEachConfiguration(over: lower) { configuration in
          let excluded = benchmark.exclude.contains {
            $0.matches(configuration, model: model?.name, variant: variant.name)
          }
          if !excluded { add(configuration, variant.name) }
        }
      }
    }
    for included in benchmark.include {
      for model in included.model.map({ [$0] }) ?? models {
        for variant in variants {
          let lower = layers(model, variant)
          add(lower.layering(included.settings).layering(overrides), variant.name)
        }
      }
    }
    return points
  }

  private struct Identity: Hashable {
    let variant: String?
    let configuration: Configuration
  }

  private var models: [SuiteModel?] {
    benchmark.models.isEmpty ? [nil] : benchmark.models.map { $0 }
  }

  private var variants: [SuiteVariant] {
    benchmark.variants.isEmpty
      ? [SuiteVariant(name: nil, settings: Configuration())] : benchmark.variants
  }

  private func layers(_ model: SuiteModel?, _ variant: SuiteVariant) -> Configuration {
    let settings = benchmark.base.layering(variant.settings).layering(benchmark.settings)
    return model.map { settings.layering($0.settings) } ?? settings
  }

  /// Every combination of the sweeps over the lower layers and under the overrides, the last fastest.
  private func forEachConfiguration(over lower: Configuration, _ body: (Configuration) -> Void) {
    guard sweeps.allSatisfy({ !$0.isEmpty }) else { return }
    if sweeps.contains(where: { $0.contains(where: \.namesModel) }) {
      // Which model a combination ends up with depends on all of it.
      forEachStep(0, Configuration()) { body(lower.layering($0).layering(overrides)) }
    } else {
      // With every swept path there from the start, no copy has to grow.
      var base = lower.layering(overrides)
      for settings in sweeps.compactMap(\.first) {
        for (path, value) in settings.values where overrides[path] == nil { base[path] = value }
      }
      forEachStep(0, base, body)
    }
  }

  /// Settings of the sweeps from `index` on laid over a configuration, but for what is overridden.
  ///
  /// A configuration of a hundred thousand is copied once: only what its last sweep sets is new.
  private func forEachStep(
    _ index: Int, _ configuration: Configuration, _ body: (Configuration) -> Void
  ) {
    guard index < sweeps.count else {
      body(configuration)
      return
    }
    for settings in sweeps[index] {
      var layered = configuration
      if settings.namesModel {
        layered = layered.layering(settings)
      } else {
        for (path, value) in settings.values where overrides[path] == nil { layered[path] = value }
      }
      forEachStep(index + 1, layered, body)
    }
  }

  private func planned(_ configuration: Configuration, _ variant: String?) -> PlannedPoint {
    let against = benchmark.against.map { point(configuration.layering($0), variant) }
    return PlannedPoint(
      point: point(configuration, variant),
      policy: benchmark.measurement.policy, launches: benchmark.measurement.launches,
      skip: benchmark.kind.complaint(configuration)
        ?? against.flatMap { benchmark.kind.complaint($0.configuration) },
      gate: benchmark.gate.point, against: against)
  }

  private func point(_ configuration: Configuration, _ variant: String?) -> Point {
    Point(
      benchmark: benchmark.name, kind: benchmark.kind.name, variant: variant,
      configuration: configuration, axes: axes)
  }

  private func missesModel(_ configuration: Configuration) -> Bool {
    !modelPaths.isEmpty && modelPaths.allSatisfy { configuration[$0] == nil }
  }

  private static func namingModel(_ knobs: [Knob]) -> [String] {
    knobs.filter { knob in
      guard knob.path.hasPrefix("model.") else { return false }
      switch knob.kind {
      case .text, .choice: return true
      default: return false
      }
    }.map(\.path)
  }

  /// The model knobs that are not the same in all models.
  private static func differing(_ models: [SuiteModel]) -> [String] {
    let paths = Set(models.flatMap(\.settings.paths)).sorted()
    return paths.filter { path in Set(models.map { $0.settings[path] }).count > 1 }
  }
}
