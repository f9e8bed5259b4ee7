// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

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
  /// `against:`, what a gate's base side has instead; nil when both sides are one configuration.
  package var against: Configuration?
  package var measurement: MeasurementSettings
  package var gate: GateSettings
  /// Sections of tuning by their keys, as written: this benchmark's own over the suite's.
  package var study: [String: YAMLNode]

  package init(
    name: String, position: SourcePosition, kind: BenchmarkKind,
    base: Configuration = Configuration(), settings: Configuration = Configuration(),
    models: [SuiteModel] = [], variants: [SuiteVariant] = [], axes: [SuiteAxis] = [],
    zips: [[SuiteAxis]] = [], exclude: [PointPattern] = [], include: [IncludedPoint] = [],
    against: Configuration? = nil,
    measurement: MeasurementSettings = MeasurementSettings(),
    gate: GateSettings = GateSettings(), study: [String: YAMLNode] = [:]
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
    self.against = against
    self.measurement = measurement
    self.gate = gate
    self.study = study
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
