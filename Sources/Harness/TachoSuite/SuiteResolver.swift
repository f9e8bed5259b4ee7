// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// Resolves the names and types of a merged suite document against the known kinds of benchmark.
struct SuiteResolver {
  let document: SuiteDocument
  let kinds: [BenchmarkKind]
  let log: ProblemLog
  let typer: SettingTyper
  /// Every knob of every kind, each path once.
  let allKnobs: [Knob]
  /// The known settings of `base:`, each path once.
  let base: [RawSetting]
  /// Each variant's known settings, what it extends included, each path once.
  let variantSettings: [String: [RawSetting]]

  init(document: SuiteDocument, kinds: [BenchmarkKind], log: ProblemLog) {
    self.document = document
    self.kinds = kinds
    self.log = log
    typer = SettingTyper(log: log)
    var seen: Set<String> = []
    allKnobs = kinds.flatMap(\.knobs).filter { seen.insert($0.path).inserted }
    // Unknown paths are logged once; kept, every benchmark would go through all of them again.
    let known = seen
    base = VariantChains.lastOfEachPath(document.base).filter { known.contains($0.path) }
    variantSettings = VariantChains.settings(of: document.variants, log: log)
      .mapValues { $0.filter { known.contains($0.path) } }
  }

  /// The typed suite; incomplete where something was logged.
  func resolve(path: String, text: String) -> BenchmarkSuite {
    checkShared()
    if document.benchmarks.isEmpty, log.isEmpty {
      log.add(
        document.position,
        "the suite measures nothing; add 'benchmarks:' with at least one entry such as"
          + " 'decode: { kind: \(kinds.first?.name ?? "generate") }'")
    }
    return BenchmarkSuite(
      name: document.name ?? Self.stem(path), description: document.description ?? "",
      path: path, text: text, benchmarks: document.benchmarks.compactMap { benchmark($0) })
  }

  /// Checks what benchmarks share also where no benchmark uses it.
  private func checkShared() {
    let owner = "any kind of benchmark"
    for setting in document.base + document.variants.flatMap(\.settings) {
      if let knob = allKnobs.first(where: { $0.path == setting.path }) {
        _ = typer.value(setting, knob)
      } else {
        log.add(
          setting.position, SettingTyper.unknown(setting.path, among: allKnobs, owner: owner))
      }
    }
    for model in document.models { _ = settings(of: model, nil) }
    var measurement = MeasurementSettings()
    apply(document.measure, to: &measurement, "measure")
    var gate = GateSettings()
    apply(document.gate, to: &gate, "gate")
  }

  private func benchmark(_ raw: RawBenchmark) -> SuiteBenchmark? {
    guard let name = raw.kind else {
      let names = kinds.map(\.name).joined(separator: ", ")
      log.add(
        raw.position, "benchmark '\(raw.name)' has no 'kind'; add 'kind: ' with one of \(names)")
      return nil
    }
    guard let kind = kinds.first(where: { $0.name == name.name }) else {
      let names = kinds.map(\.name)
      log.add(
        name.position,
        "unknown kind of benchmark \(quoted(name.name))\(didYouMean(name.name, among: names));"
          + " known: \(names.joined(separator: ", "))")
      return nil
    }
    var base = Configuration()
    for setting in self.base {
      guard let knob = kind.knobs.first(where: { $0.path == setting.path }),
        let value = typer.value(setting, knob)
      else { continue }
      base = base.layering(Configuration([setting.path: value]))
    }
    var measurement = MeasurementSettings()
    apply(document.measure + raw.measure, to: &measurement, "measure")
    var gate = GateSettings()
    apply(document.gate + raw.gate, to: &gate, "gate")
    for contradiction in [measurement.contradiction, gate.contradiction] {
      if let contradiction { log.add(raw.position, contradiction) }
    }
    let axes = axes(raw.axes, kind)
    let zips = raw.zips.map { self.axes($0, kind) }
    checkSwept(axes, zips)
    return SuiteBenchmark(
      name: raw.name, position: raw.position, kind: kind, base: base,
      settings: configuration(raw.set, kind), models: models(raw.models, kind),
      variants: variants(raw, kind), axes: axes, zips: zips.filter { !$0.isEmpty },
      exclude: raw.exclude.map { pattern($0, kind) },
      include: raw.include.map { included($0, kind) },
      against: raw.against.isEmpty ? nil : configuration(raw.against, kind),
      measurement: measurement, gate: gate, study: document.study.merging(raw.study) { $1 })
  }

  private func apply(
    _ entries: [RawSetting], to group: inout some SettingGroup, _ section: String
  ) {
    for entry in entries {
      guard let text = entry.value.text ?? entry.value.joinedTexts, !entry.value.isEmpty else {
        log.add(
          entry.value.position,
          "\(section).\(entry.path): expected a value, found \(entry.value.noun)"
        )
        continue
      }
      do throws(ValueError) {
        try group.set(entry.path, to: text)
      } catch {
        log.add(entry.value.position, error.description)
      }
    }
  }

  private static func stem(_ path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    for ending in [".yaml", ".yml"] where file.hasSuffix(ending) {
      return String(file.dropLast(ending.count))
    }
    return file
  }
}
