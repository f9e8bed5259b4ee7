// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

// Which points a benchmark has: its settings, axes, patterns, models and variants.
extension SuiteResolver {
  /// The knob of a kind, or nil after logging the nearest one.
  func knob(_ setting: RawSetting, _ kind: BenchmarkKind) -> Knob? {
    if let knob = kind.knobs.first(where: { $0.path == setting.path }) { return knob }
    log.add(
      setting.position,
      SettingTyper.unknown(setting.path, among: kind.knobs, owner: "kind '\(kind.name)'"))
    return nil
  }

  /// Settings of one benchmark: each must be a knob of its kind.
  func configuration(_ settings: [RawSetting], _ kind: BenchmarkKind) -> Configuration {
    var values: [String: ConfigurationValue] = [:]
    for setting in settings {
      guard let knob = knob(setting, kind), let value = typer.value(setting, knob) else { continue }
      values[setting.path] = value
    }
    return Configuration(values)
  }

  func axes(_ settings: [RawSetting], _ kind: BenchmarkKind) -> [SuiteAxis] {
    settings.compactMap { setting in
      guard let knob = knob(setting, kind) else { return nil }
      let values = typer.values(setting, knob)
      return values.isEmpty
        ? nil : SuiteAxis(path: setting.path, values: values, position: setting.position)
    }
  }

  /// Each knob is swept once, and the axes of a group have equally many values.
  func checkSwept(_ axes: [SuiteAxis], _ zips: [[SuiteAxis]]) {
    var first: [String: SourcePosition] = [:]
    for axis in axes + zips.flatMap({ $0 }) {
      if let earlier = first[axis.path] {
        log.add(
          axis.position,
          "\(quoted(axis.path)) is swept twice; it is already at line \(earlier.line)")
      } else {
        first[axis.path] = axis.position
      }
    }
    for group in zips {
      guard let leader = group.first else { continue }
      for axis in group.dropFirst() where axis.values.count != leader.values.count {
        log.add(
          axis.position,
          "the knobs of a zip group advance together, but \(leader.path) has"
            + " \(leader.values.count) values and \(axis.path) has \(axis.values.count)")
      }
    }
  }

  func pattern(_ raw: RawPattern, _ kind: BenchmarkKind) -> PointPattern {
    var values: [String: Set<ConfigurationValue>] = [:]
    for setting in raw.settings {
      guard let knob = knob(setting, kind) else { continue }
      values[setting.path] = Set(typer.values(setting, knob))
    }
    for name in raw.models { _ = model(named: name) }
    for name in raw.variants where name.name != "base" { _ = variant(named: name) }
    return PointPattern(
      models: raw.models.isEmpty ? nil : Set(raw.models.map(\.name)),
      variants: raw.variants.isEmpty ? nil : Set(raw.variants.map(\.name)), values: values)
  }

  func included(_ raw: RawPattern, _ kind: BenchmarkKind) -> IncludedPoint {
    for name in raw.variants {
      log.add(
        name.position,
        "an included point takes every variant of its benchmark; 'variant' is for 'exclude'")
    }
    if raw.models.count > 1 {
      log.add(raw.position, "an included point has one model; add an entry for each")
    }
    return IncludedPoint(
      model: models(raw.models, kind).first, settings: configuration(raw.settings, kind),
      paths: raw.settings.map(\.path))
  }

  // MARK: Models

  func models(_ names: [RawName], _ kind: BenchmarkKind) -> [SuiteModel] {
    var seen: Set<String> = []
    return names.compactMap { name in
      guard let model = model(named: name) else { return nil }
      guard seen.insert(name.name).inserted else {
        log.add(name.position, "model \(quoted(name.name)) is listed twice")
        return nil
      }
      guard kind.knobs.contains(where: { $0.path.hasPrefix("model.") }) else {
        log.add(
          name.position, "kind '\(kind.name)' takes no model; remove 'model' from the benchmark")
        return nil
      }
      return SuiteModel(name: name.name, settings: settings(of: model, kind))
    }
  }

  private func model(named name: RawName) -> RawModel? {
    if let model = document.models.first(where: { $0.name == name.name }) { return model }
    let known = document.models.map(\.name)
    let hint =
      known.isEmpty
      ? "; the suite has no 'models'" : "; known: " + known.joined(separator: ", ")
    log.add(
      name.position,
      "unknown model \(quoted(name.name))\(didYouMean(name.name, among: known))\(hint)")
    return nil
  }

  /// A model's knobs; nil for the kind checks them against all kinds.
  func settings(of model: RawModel, _ kind: BenchmarkKind?) -> Configuration {
    let knobs = (kind?.knobs ?? allKnobs).filter { $0.path.hasPrefix("model.") }
    var values: [String: ConfigurationValue] = [:]
    for setting in model.settings {
      guard let knob = knobs.first(where: { $0.path == setting.path }) else {
        log.add(
          setting.position, SettingTyper.unknown(setting.path, among: knobs, owner: "a model"))
        continue
      }
      if let value = typer.value(setting, knob) { values[setting.path] = value }
    }
    let paths = Set(model.settings.map(\.path))
    if paths.contains("model.path"), paths.contains(where: { $0.hasPrefix("model.synth.") }) {
      log.add(
        model.position, "model '\(model.name)' has both 'path' and 'synth'; keep one of them")
    }
    return Configuration(values)
  }

  // MARK: Variants

  func variants(_ raw: RawBenchmark, _ kind: BenchmarkKind) -> [SuiteVariant] {
    var result: [SuiteVariant] = []
    var seen: Set<String> = []
    for name in raw.variants {
      let chosen: [RawVariant?]
      switch name.name {
      case "base": chosen = [nil]
      case "all":
        chosen = document.variants
        if chosen.isEmpty { log.add(name.position, "'all' variants, but the suite has none") }
      default: chosen = variant(named: name).map { [$0] } ?? []
      }
      for variant in chosen where seen.insert(variant?.name ?? "base").inserted {
        guard let variant else {
          result.append(SuiteVariant(name: nil, settings: Configuration()))
          continue
        }
        let raw = variantSettings[variant.name] ?? []
        for setting in raw where !kind.knobs.contains(where: { $0.path == setting.path }) {
          log.add(
            name.position,
            "variant '\(variant.name)' sets \(setting.path), which kind '\(kind.name)' does not"
              + " have")
        }
        var settings = Configuration()
        for setting in raw {
          guard let knob = kind.knobs.first(where: { $0.path == setting.path }),
            let value = typer.value(setting, knob)
          else { continue }
          settings = settings.layering(Configuration([setting.path: value]))
        }
        result.append(SuiteVariant(name: variant.name, settings: settings))
      }
    }
    return result
  }

  private func variant(named name: RawName) -> RawVariant? {
    if let variant = document.variants.first(where: { $0.name == name.name }) { return variant }
    let known = document.variants.map(\.name)
    log.add(name.position, VariantChains.unknown(name.name, known))
    return nil
  }
}
