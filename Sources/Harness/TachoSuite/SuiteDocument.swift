// SPDX-License-Identifier: Apache-2.0

/// One suite file, or several merged: its sections, with values still as text.
struct SuiteDocument {
  var name: String?
  var description: String?
  var models: [RawModel] = []
  /// Later entries win.
  var measure: [RawSetting] = []
  var gate: [RawSetting] = []
  /// Sections of tuning by their keys, as written.
  var study: [String: YAMLNode] = [:]
  var base: [RawSetting] = []
  var variants: [RawVariant] = []
  var benchmarks: [RawBenchmark] = []
  /// Where a missing section would be missed.
  var position: SourcePosition

  /// Lays a file over the ones it extends: models, variants and benchmarks by name, settings by path.
  mutating func merge(_ upper: SuiteDocument) {
    name = upper.name ?? name
    description = upper.description ?? description
    position = upper.position
    measure += upper.measure
    gate += upper.gate
    study.merge(upper.study) { $1 }
    base += upper.base
    for model in upper.models { Self.put(model, in: &models, named: \.name) }
    for variant in upper.variants { Self.put(variant, in: &variants, named: \.name) }
    for benchmark in upper.benchmarks { Self.put(benchmark, in: &benchmarks, named: \.name) }
  }

  private static func put<Entry>(
    _ entry: Entry, in entries: inout [Entry], named name: (Entry) -> String
  ) {
    if let index = entries.firstIndex(where: { name($0) == name(entry) }) {
      entries[index] = entry
    } else {
      entries.append(entry)
    }
  }
}

/// A dotted path with the value written for it.
struct RawSetting {
  var path: String
  var position: SourcePosition
  var value: YAMLNode
}

/// A name in a list of names.
struct RawName {
  var name: String
  var position: SourcePosition
}

/// One entry of `models:`.
struct RawModel {
  var name: String
  var position: SourcePosition
  var settings: [RawSetting]
}

/// One entry of `variants:`.
struct RawVariant {
  var name: String
  var position: SourcePosition
  var extends: [RawName]
  var settings: [RawSetting]
}

/// One entry of `benchmarks:`.
struct RawBenchmark {
  var name: String
  var position: SourcePosition
  var kind: RawName?
  var models: [RawName] = []
  var set: [RawSetting] = []
  var axes: [RawSetting] = []
  var zips: [[RawSetting]] = []
  var exclude: [RawPattern] = []
  var include: [RawPattern] = []
  var variants: [RawName] = []
  var against: [RawSetting] = []
  var measure: [RawSetting] = []
  var gate: [RawSetting] = []
  var study: [String: YAMLNode] = [:]
}

/// One entry of `exclude:` or `include:`.
struct RawPattern {
  var position: SourcePosition
  var models: [RawName]
  var variants: [RawName]
  var settings: [RawSetting]
}
