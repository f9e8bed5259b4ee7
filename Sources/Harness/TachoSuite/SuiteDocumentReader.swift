// SPDX-License-Identifier: Apache-2.0

/// Cuts the YAML of one file into the sections of a suite, logging every key that is not one.
struct SuiteDocumentReader {
  /// Entries of `models`, `variants`, `benchmarks`, `zip`, `exclude` or `include`.
  static let maxElements = 1000

  let log: ProblemLog

  /// The sections of a file, and the files it extends.
  func read(_ root: YAMLNode) -> (document: SuiteDocument, extends: [RawName]) {
    var document = SuiteDocument(position: root.position)
    let sections = entries(of: root, SuiteLanguage.file)
    checkVersion(sections["schema"], root)
    document.name = sections["name"].flatMap { title(of: $0.value) }
    document.description = sections["description"].flatMap { text(of: $0.value, "text") }
    for entry in named(sections["models"], "model") {
      let settings = settings(of: entry.value, prefix: "model.")
      document.models.append(
        RawModel(name: entry.key, position: entry.keyPosition, settings: settings))
    }
    document.measure = settings(sections["measure"], SuiteLanguage.measure)
    document.gate = settings(sections["gate"], SuiteLanguage.gate)
    document.study = study(sections)
    document.base = sections["base"].map { settings(of: $0.value) } ?? []
    for entry in named(sections["variants"], "variant") {
      if let variant = variant(entry) { document.variants.append(variant) }
    }
    for entry in named(sections["benchmarks"], "benchmark") {
      document.benchmarks.append(benchmark(entry))
    }
    return (document, sections["extends"].map { names(of: $0.value, "a path") } ?? [])
  }

  private func checkVersion(_ entry: YAMLEntry?, _ root: YAMLNode) {
    guard let entry else {
      if case .mapping = root.content {
        log.add(
          root.position, "the key 'schema' is missing; add 'schema: \(SuiteLanguage.version)'")
      }
      return
    }
    guard entry.value.text == String(SuiteLanguage.version) else {
      log.add(
        entry.value.position,
        "schema \(entry.value.noun) is not known; this program reads schema"
          + " \(SuiteLanguage.version)")
      return
    }
  }

  private func variant(_ entry: YAMLEntry) -> RawVariant? {
    guard !SuiteLanguage.reservedVariants.contains(entry.key) else {
      log.add(
        entry.keyPosition,
        "a variant cannot be named '\(entry.key)': in 'variants:' of a benchmark the word means"
          + (entry.key == "all" ? " every variant" : " no variant"))
      return nil
    }
    var node = entry.value
    var extends: [RawName] = []
    if case .mapping(let members) = node.content {
      for member in members where member.key == "extends" {
        extends = names(of: member.value, "a variant's name")
      }
      node.content = .mapping(members.filter { $0.key != "extends" })
    }
    return RawVariant(
      name: entry.key, position: entry.keyPosition, extends: extends, settings: settings(of: node))
  }

  /// The sections of tuning, which are read when a study is made of the suite.
  private func study(_ keys: [String: YAMLEntry]) -> [String: YAMLNode] {
    keys.filter { SuiteLanguage.study.contains($0.key) }.mapValues(\.value)
  }

  private func benchmark(_ entry: YAMLEntry) -> RawBenchmark {
    var result = RawBenchmark(name: entry.key, position: entry.keyPosition)
    let keys = entries(of: entry.value, SuiteLanguage.benchmark)
    if let kind = keys["kind"], let name = text(of: kind.value, "the name of a kind") {
      result.kind = RawName(name: name, position: kind.value.position)
    }
    result.models = keys["model"].map { names(of: $0.value, "a model's name") } ?? []
    result.set = keys["set"].map { settings(of: $0.value) } ?? []
    result.axes = keys["axes"].map { settings(of: $0.value) } ?? []
    result.zips = elements(keys["zip"], "a list of groups").map { settings(of: $0) }
    result.exclude = elements(keys["exclude"], "a list of patterns").compactMap { pattern($0) }
    result.include = elements(keys["include"], "a list of settings").compactMap { pattern($0) }
    result.variants = keys["variants"].map { names(of: $0.value, "a variant's name") } ?? []
    result.against = keys["against"].map { settings(of: $0.value) } ?? []
    result.measure = settings(keys["measure"], SuiteLanguage.measure)
    result.study = study(keys)
    result.gate = settings(keys["gate"], SuiteLanguage.gate).filter { setting in
      let isJobs = SuiteLanguage.jobGateKeys.contains(setting.path)
      if isJobs {
        log.add(
          setting.position,
          "'gate.\(setting.path)' is of the whole job: move it to the suite's own 'gate:'")
      }
      return !isJobs
    }
    return result
  }

  /// An exclusion or inclusion: `model` and `variant` name entries of the suite, the rest are knobs.
  private func pattern(_ node: YAMLNode) -> RawPattern? {
    guard case .mapping(let members) = node.content, !members.isEmpty else {
      log.add(node.position, "expected knobs and values, found \(node.noun)")
      return nil
    }
    var pattern = RawPattern(position: node.position, models: [], variants: [], settings: [])
    var knobs: [YAMLEntry] = []
    for member in members {
      if member.key == "variant" {
        pattern.variants = names(of: member.value, "a variant's name")
      } else if member.key == "model", !Self.isMapping(member.value) {
        pattern.models = names(of: member.value, "a model's name")
      } else {
        knobs.append(member)
      }
    }
    pattern.settings = settings(of: YAMLNode(position: node.position, content: .mapping(knobs)))
    return pattern
  }

  /// The settings of a section with fixed keys, in the order written; none when it is missing.
  private func settings(_ entry: YAMLEntry?, _ section: SuiteSection) -> [RawSetting] {
    guard let entry else { return [] }
    return entries(of: entry.value, section).values
      .sorted {
        ($0.keyPosition.line, $0.keyPosition.column) < ($1.keyPosition.line, $1.keyPosition.column)
      }
      .flatMap { entry -> [RawSetting] in
        guard entry.key == SuiteLanguage.gateMetrics,
          case .mapping(let members) = entry.value.content
        else {
          return [RawSetting(path: entry.key, position: entry.value.position, value: entry.value)]
        }
        return members.map {
          RawSetting(
            path: "\(entry.key).\($0.key)", position: $0.value.position, value: $0.value)
        }
      }
  }
}

extension SuiteDocumentReader {
  private static func isMapping(_ node: YAMLNode) -> Bool {
    if case .mapping = node.content { return true }
    return false
  }

  /// The members of a place with fixed keys; unknown keys are logged with the nearest known one.
  private func entries(of node: YAMLNode, _ section: SuiteSection) -> [String: YAMLEntry] {
    guard case .mapping(let members) = node.content else {
      log.add(
        node.position,
        "expected a mapping with \(section.names.joined(separator: ", ")); found \(node.noun)")
      return [:]
    }
    var result: [String: YAMLEntry] = [:]
    for member in members {
      guard section.names.contains(member.key) else {
        log.add(
          member.keyPosition,
          "unknown key \(quoted(member.key)) in a \(section.title)"
            + didYouMean(member.key, among: section.names)
            + "; keys here: \(section.names.joined(separator: ", "))")
        continue
      }
      result[member.key] = member
    }
    return result
  }

  /// The members of a place whose keys the suite makes up.
  private func named(_ entry: YAMLEntry?, _ noun: String) -> [YAMLEntry] {
    guard let entry else { return [] }
    guard case .mapping(let members) = entry.value.content else {
      log.add(
        entry.value.position,
        "'\(entry.key)' must be a mapping from names to \(noun)s; found \(entry.value.noun)")
      return []
    }
    guard members.count <= Self.maxElements else {
      log.add(entry.value.position, "'\(entry.key)' has more than \(Self.maxElements) entries")
      return []
    }
    return members.filter { member in
      let isName = Self.isName(member.key)
      if !isName {
        log.add(
          member.keyPosition,
          "\(quoted(member.key)) cannot name a \(noun); use letters, digits, '-', '_', '+' and '.'")
      }
      return isName
    }
  }

  /// Names stand in tables, labels and command lines, so they hold no spaces or signs.
  private static func isName(_ text: String) -> Bool {
    let marks: Set<Character> = ["-", "_", "+", "."]
    return (1...100).contains(text.utf8.count)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || marks.contains($0)) }
  }

  private func text(of node: YAMLNode, _ form: String) -> String? {
    guard let text = node.text, !node.isEmpty else {
      log.add(node.position, "expected \(form), found \(node.noun)")
      return nil
    }
    return text
  }

  /// The suite's name: any words, but none that could break a line or move a terminal's cursor.
  private func title(of node: YAMLNode) -> String? {
    guard let name = text(of: node, "a name") else { return nil }
    let isPlain = name.unicodeScalars.allSatisfy {
      switch $0.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: return false
      default: return true
      }
    }
    guard isPlain, name.unicodeScalars.count <= 100 else {
      log.add(
        node.position, "a suite's name is at most 100 characters on one line, not \(node.noun)")
      return nil
    }
    return name
  }

  /// One name, or a list of them.
  private func names(of node: YAMLNode, _ form: String) -> [RawName] {
    if case .sequence(let elements) = node.content {
      if elements.isEmpty { log.add(node.position, "expected \(form), found an empty list") }
      return elements.compactMap { element in
        text(of: element, form).map { RawName(name: $0, position: element.position) }
      }
    }
    return text(of: node, form).map { [RawName(name: $0, position: node.position)] } ?? []
  }

  private func elements(_ entry: YAMLEntry?, _ form: String) -> [YAMLNode] {
    guard let entry else { return [] }
    guard case .sequence(let elements) = entry.value.content else {
      log.add(
        entry.value.position,
        "'\(entry.key)' must be \(form) (start each with '- '); found \(entry.value.noun)")
      return []
    }
    guard elements.count <= Self.maxElements else {
      log.add(
        entry.value.position, "'\(entry.key)' has more than \(Self.maxElements) entries")
      return []
    }
    return elements
  }

  /// Knob settings, dotted or nested, as dotted paths.
  ///
  /// A path given twice is logged.
  private func settings(of node: YAMLNode, prefix: String = "") -> [RawSetting] {
    guard case .mapping(let members) = node.content else {
      log.add(node.position, "expected knobs and values, found \(node.noun)")
      return []
    }
    var result: [RawSetting] = []
    flatten(members, prefix: prefix, into: &result)
    var first: [String: SourcePosition] = [:]
    return result.filter { setting in
      if let earlier = first[setting.path] {
        log.add(
          setting.position,
          "\(quoted(setting.path)) is set twice; it is already at line \(earlier.line)")
        return false
      }
      first[setting.path] = setting.position
      return true
    }
  }

  /// The reader limits the depth of a file, so this recursion is bounded.
  private func flatten(_ members: [YAMLEntry], prefix: String, into result: inout [RawSetting]) {
    for member in members {
      let path = prefix + member.key
      let isPath = path.split(separator: ".", omittingEmptySubsequences: false)
        .allSatisfy { !$0.isEmpty }
      guard isPath, path.utf8.count <= 1024 else {
        log.add(
          member.keyPosition,
          "\(quoted(path)) is not a dotted path such as engine.threads")
        continue
      }
      if case .mapping(let inner) = member.value.content {
        if inner.isEmpty {
          log.add(member.value.position, "\(quoted(path)) holds no settings")
        }
        flatten(inner, prefix: path + ".", into: &result)
      } else {
        result.append(
          RawSetting(path: path, position: member.keyPosition, value: member.value))
      }
    }
  }
}
