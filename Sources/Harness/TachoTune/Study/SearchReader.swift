// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import TachoSuite

/// Makes a search space of `search:`.
///
///     search: auto                                      # what the benchmark declares
///     search:
///       engine.threads: 1..16                           # the knob's type says whole numbers or reals
///       scheduler.prefill_chunk: { range: 16..4096, log: true }
///       weights.format: [q4_0, q8_0]                    # numbers in a list have their order, names none
///       decoder.depth: { range: 1..8, when: "decoder.kind == 'draft'" }
///       kv.format: auto                                 # all that the knob takes
///       requires: ["engine.threads * 2 <= 16"]
struct SearchReader {
  let kind: BenchmarkKind
  let settings: Configuration
  let function: TestFunction?

  func read(_ node: YAMLNode) throws(SuiteError) -> SearchSpace {
    if node.text == "auto" {
      guard let function else {
        throw SuiteError(
          node.position,
          "kind '\(kind.name)' does not say what 'auto' varies; list parameters, each may be 'auto'"
            + " for its whole range")
      }
      return try space(function.parameters, [], positions: [:], node.position)
    }
    guard case .mapping(let members) = node.content else {
      throw SuiteError(node.position, "expected parameters or 'auto', found \(node.noun)")
    }
    var parameters: [Parameter] = []
    var positions: [String: SourcePosition] = [:]
    var requirements: [(Expression, SourcePosition)] = []
    for member in members {
      if member.key == "requires" {
        for item in Self.items(member.value) {
          requirements.append((try expression(item), item.position))
        }
        continue
      }
      positions[member.key] = member.keyPosition
      parameters.append(try parameter(member))
    }
    return try space(parameters, requirements, positions: positions, node.position)
  }

  private func space(
    _ parameters: [Parameter], _ requirements: [(Expression, SourcePosition)],
    positions: [String: SourcePosition], _ whole: SourcePosition
  ) throws(SuiteError) -> SearchSpace {
    do throws(SpaceError) {
      // A knob that is searched is no constant.
      let searched = Set(parameters.map(\.path))
      let constants = Configuration(settings.values.filter { !searched.contains($0.key) })
      return try SearchSpace(
        parameters, requires: requirements.map(\.0), constants: constants)
    } catch {
      var position = whole
      switch error.part {
      case .parameter(let path), .condition(let path, _): position = positions[path] ?? whole
      case .requirement(let index, _): position = requirements[index].1
      case .whole: break
      }
      throw SuiteError(position, error.description)
    }
  }

  private func expression(_ node: YAMLNode) throws(SuiteError) -> Expression {
    guard let text = node.text else {
      throw SuiteError(node.position, "expected an expression, found \(node.noun)")
    }
    do throws(ExpressionError) {
      return try Expression(text)
    } catch {
      throw SuiteError(node.position, "expression \(error)")
    }
  }

  private func parameter(_ entry: YAMLEntry) throws(SuiteError) -> Parameter {
    let path = entry.key
    guard let knob = kind.knobs.first(where: { $0.path == path }) else {
      throw SuiteError(
        entry.keyPosition,
        "unknown knob \(quoted(path)) for kind '\(kind.name)'"
          + didYouMean(path, among: kind.knobs.map(\.path)))
    }
    switch entry.value.content {
    case .scalar(let text, _) where text == "auto": return try automatic(knob, entry)
    case .scalar(let text, _):
      return Parameter(path, try range(text, knob, entry.value.position, Shape()))
    case .sequence(let items): return Parameter(path, try list(items, knob, isOrdered: nil))
    case .mapping(let members): return try described(knob, entry, members)
    }
  }

  /// Everything the knob takes.
  private func automatic(
    _ knob: Knob, _ entry: YAMLEntry, when condition: Expression? = nil
  ) throws(SuiteError) -> Parameter {
    if let own = function?.parameters.first(where: { $0.path == knob.path }) {
      return Parameter(knob.path, own.domain, when: condition)
    }
    guard let parameter = Parameter(knob: knob, when: condition) else {
      throw SuiteError(
        entry.value.position, "\(knob.path) takes any text; list the values to try")
    }
    return parameter
  }

  /// How a range is searched.
  private struct Shape {
    var step: Int?
    var isLog = false
  }

  private func described(
    _ knob: Knob, _ entry: YAMLEntry, _ members: [YAMLEntry]
  ) throws(SuiteError) -> Parameter {
    var keys: [String: YAMLNode] = [:]
    for member in members {
      guard SuiteLanguage.parameter.names.contains(member.key) else {
        throw SuiteError(
          member.keyPosition,
          "unknown key \(quoted(member.key)) in a parameter"
            + didYouMean(member.key, among: SuiteLanguage.parameter.names)
            + "; keys here: \(SuiteLanguage.parameter.names.joined(separator: ", "))")
      }
      keys[member.key] = member.value
    }
    var condition: Expression?
    if let node = keys["when"] { condition = try expression(node) }
    var shape = Shape()
    if let node = keys["log"] {
      guard node.text == "true" || node.text == "false" else {
        throw SuiteError(node.position, "log is true or false, not \(node.noun)")
      }
      shape.isLog = node.text == "true"
    }
    if let node = keys["step"] {
      guard let step = QuantityText.int(node.text ?? ""), step >= 1 else {
        throw SuiteError(node.position, "a step is a whole number of at least 1, not \(node.noun)")
      }
      shape.step = step
    }
    let domains = ["range", "values", "ordinal"].filter { keys[$0] != nil }
    guard domains.count == 1, let form = domains.first, let node = keys[form] else {
      if domains.isEmpty, keys.keys.allSatisfy({ $0 == "when" }) {
        return try automatic(knob, entry, when: condition)
      }
      throw SuiteError(
        entry.value.position,
        "\(knob.path): give one of 'range', 'values' and 'ordinal'"
          + (domains.isEmpty ? "" : ", not \(domains.joined(separator: " and "))"))
    }
    if form == "range" {
      let domain = try range(node.text ?? "", knob, node.position, shape)
      return Parameter(knob.path, domain, when: condition)
    }
    if let stray = ["log", "step"].first(where: { keys[$0] != nil }) {
      throw SuiteError(entry.value.position, "\(knob.path): '\(stray)' is about a 'range'")
    }
    let domain = try list(Self.items(node), knob, isOrdered: form == "ordinal" ? true : nil)
    return Parameter(knob.path, domain, when: condition)
  }

  private func range(
    _ text: String, _ knob: Knob, _ position: SourcePosition, _ shape: Shape
  ) throws(SuiteError) -> Parameter.Domain {
    let parts = text.split(separator: "..", omittingEmptySubsequences: false).map {
      $0.split(separator: " ").joined(separator: " ")
    }
    guard parts.count == 2 else {
      throw SuiteError(
        position,
        "\(knob.path): \(quoted(text)) is not a range such as 1..16, a list of values, or 'auto';"
          + " a single value is set, not searched")
    }
    let low = try value(parts[0], knob, position)
    let high = try value(parts[1], knob, position)
    switch knob.kind {
    case .int:
      guard let first = low.intValue, let last = high.intValue, first < last else { break }
      return .integer(first...last, step: shape.step ?? 1, log: shape.isLog)
    case .double:
      guard let first = low.doubleValue, let last = high.doubleValue, first < last else { break }
      guard shape.step == nil else {
        throw SuiteError(
          position, "\(knob.path): steps are for whole numbers; list the values instead")
      }
      return .real(first...last, log: shape.isLog)
    default:
      throw SuiteError(
        position, "\(knob.path) is \(knob.expectation), which has no range; list values")
    }
    throw SuiteError(position, "\(knob.path): \(quoted(text)) runs backwards or holds one value")
  }

  private func list(
    _ items: [YAMLNode], _ knob: Knob, isOrdered: Bool?
  ) throws(SuiteError) -> Parameter.Domain {
    var values: [ConfigurationValue] = []
    for item in items {
      guard let text = item.text, !item.isEmpty else {
        throw SuiteError(
          item.position, "\(knob.path): expected \(knob.expectation), found \(item.noun)")
      }
      values.append(try value(text, knob, item.position))
    }
    switch knob.kind {
    case .int, .double:
      // Numbers have an order whatever order they are written in.
      let sorted = values.sorted { ($0.doubleValue ?? 0) < ($1.doubleValue ?? 0) }
      return .ordinal(isOrdered == true ? values : sorted)
    default: return isOrdered == true ? .ordinal(values) : .categorical(values)
    }
  }

  private func value(
    _ text: String, _ knob: Knob, _ position: SourcePosition
  ) throws(SuiteError) -> ConfigurationValue {
    do throws(ValueError) {
      return try knob.value(of: text)
    } catch {
      throw SuiteError(position, error.description)
    }
  }

  private static func items(_ node: YAMLNode) -> [YAMLNode] {
    if case .sequence(let items) = node.content { return items }
    return [node]
  }
}
