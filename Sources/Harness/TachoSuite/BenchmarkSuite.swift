// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

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

/// One entry of `benchmarks:`.
package struct SuiteBenchmark: Sendable {
  package var name: String
  package var position: SourcePosition
  package var kind: BenchmarkKind
  /// `base:`, without the knobs this kind lacks.
  package var base: Configuration
  /// `set:`.
  package var settings: Configuration
  /// The models to measure; empty when the benchmark names none.
  package var models: [SuiteModel]
  /// The variants to measure; empty means the plain base alone.
  package var variants: [SuiteVariant]
  package var axes: [SuiteAxis]
  /// Groups of axes that advance together: equal lengths within a group.
  package var zips: [[SuiteAxis]]
  package var exclude: [PointPattern]
  package var include: [IncludedPoint]
  package var measurement: MeasurementSettings

  package init(
    name: String, position: SourcePosition, kind: BenchmarkKind,
    base: Configuration = Configuration(), settings: Configuration = Configuration(),
    models: [SuiteModel] = [], variants: [SuiteVariant] = [], axes: [SuiteAxis] = [],
    zips: [[SuiteAxis]] = [], exclude: [PointPattern] = [], include: [IncludedPoint] = [],
    measurement: MeasurementSettings = MeasurementSettings()
  ) {
    self.name = name
    self.position = position
    self.kind = kind
    self.base = base
    self.settings = settings
    self.models = models
    self.variants = variants
    self.axes = axes
    self.zips = zips
    self.exclude = exclude
    self.include = include
    self.measurement = measurement
  }
}

/// One entry of `models:` as the knobs it stands for.
package struct SuiteModel: Sendable, Hashable {
  package var name: String
  package var settings: Configuration

  package init(name: String, settings: Configuration) {
    self.name = name
    self.settings = settings
  }
}

/// One variant of a benchmark; nil name and no settings for the plain `base`.
package struct SuiteVariant: Sendable, Hashable {
  package var name: String?
  package var settings: Configuration

  package init(name: String?, settings: Configuration) {
    self.name = name
    self.settings = settings
  }
}

/// One swept knob.
package struct SuiteAxis: Sendable, Hashable {
  package var path: String
  package var values: [ConfigurationValue]
  package var position: SourcePosition

  package init(path: String, values: [ConfigurationValue], position: SourcePosition) {
    self.path = path
    self.values = values
    self.position = position
  }
}

/// One entry of `exclude:`: a point that agrees with all of it is left out.
package struct PointPattern: Sendable, Hashable {
  /// Any of these models; nil for every model.
  package var models: Set<String>?
  /// Any of these variants; nil for every variant.
  package var variants: Set<String>?
  /// Each path must have one of its values.
  package var values: [String: Set<ConfigurationValue>]

  /// Whether the pattern covers a point.
  package func matches(
    _ configuration: Configuration, model: String?, variant: String?
  ) -> Bool {
    if let models, !models.contains(model ?? "") { return false }
    if let variants, !variants.contains(variant ?? "base") { return false }
    return values.allSatisfy { path, allowed in
      configuration[path].map { allowed.contains($0) } ?? false
    }
  }
}

/// One entry of `include:`: a point added whatever `exclude:` says.
package struct IncludedPoint: Sendable, Hashable {
  /// The model; nil for each of the benchmark's models.
  package var model: SuiteModel?
  package var settings: Configuration
  /// The paths it sets, in the order written.
  package var paths: [String]
}

extension Configuration {
  /// The two ways to say which model: setting one removes the other's knobs from below.
  private static let modelSources = ["model.path", "model.synth."]

  /// This configuration with a higher layer over it.
  ///
  /// A layer that names a model by `model.path` replaces `model.synth.*`, and the other way round,
  /// so that no point names two models.
  package func layering(_ layer: Configuration) -> Configuration {
    var result = self
    for source in Self.modelSources
    where layer.values.keys.contains(where: { $0.hasPrefix(source) }) {
      for other in Self.modelSources where other != source {
        for path in result.paths where path.hasPrefix(other) { result[path] = nil }
      }
    }
    return result.merging(layer)
  }
}
