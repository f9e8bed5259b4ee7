// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoRecord
package import TachoSuite

/// Makes a study of a benchmark's sections `search`, `objectives`, `constraints`, `budget`, `sampler`.
package struct StudyReader {
  private let benchmark: SuiteBenchmark
  private let settings: Configuration
  private let function: TestFunction?

  private init(_ benchmark: SuiteBenchmark) {
    self.benchmark = benchmark
    settings = benchmark.base.merging(benchmark.settings)
    function =
      benchmark.kind.name == FunctionKind.kind.name ? FunctionKind.function(settings) : nil
  }

  /// The study, and the settings of the benchmark that it does not vary; nil when it has no `search`.
  package static func read(
    _ benchmark: SuiteBenchmark, seed: UInt64
  ) throws(SuiteError) -> (definition: StudyDefinition, settings: Configuration)? {
    guard let search = benchmark.study["search"] else { return nil }
    let reader = StudyReader(benchmark)
    let space = try SearchReader(
      kind: benchmark.kind, settings: reader.settings, function: reader.function
    ).read(search)
    let budget = try reader.budget()
    let (sampler, options) = try reader.sampler()
    let noise = reader.settings[FunctionKind.noise.path]?.doubleValue ?? 0
    let definition = StudyDefinition(
      name: benchmark.name, space: space, objectives: try reader.objectives(),
      constraints: try reader.constraints(), budget: budget, sampler: sampler,
      samplerOptions: options, seed: seed, isNoisy: reader.function == nil || noise > 0)
    do throws(SamplerError) {
      _ = try Study(definition)
    } catch {
      throw SuiteError((benchmark.study["sampler"] ?? search).position, error.message)
    }
    return (definition, reader.settings)
  }

  // MARK: objectives and constraints

  /// What the benchmark's measurements consist of, with the better direction.
  private func direction(of metric: String, at position: SourcePosition) throws(SuiteError)
    -> Metric.Direction
  {
    if let function {
      let outputs = (1...function.objectiveCount).map { "f\($0)" }
      let limits =
        function.constraintCount > 0 ? (1...function.constraintCount).map { "c\($0)" } : []
      guard (outputs + limits).contains(metric) else {
        throw SuiteError(
          position,
          "the function '\(function.name)' has no output \(quoted(metric))"
            + "\(didYouMean(metric, among: outputs + limits)); it has"
            + " \((outputs + limits).joined(separator: ", "))")
      }
      return .lower
    }
    guard let found = MetricRules.metric(id: metric) else {
      let known = MetricRules.all.map { $0.metric.id }
      throw SuiteError(
        position,
        "unknown metric \(quoted(metric))\(didYouMean(metric, among: known));"
          + " tacho list metrics prints all")
    }
    return found.better
  }

  private func objectives() throws(SuiteError) -> [StudyObjective] {
    guard let node = benchmark.study["objectives"] else {
      guard let function else {
        throw SuiteError(
          benchmark.position,
          "the study has no 'objectives'; add for example 'objectives: decode/tokens-per-second'")
      }
      return (1...function.objectiveCount).map { StudyObjective(metric: "f\($0)", better: .lower) }
    }
    var result: [StudyObjective] = []
    for item in Self.items(node) {
      guard let metric = item.text, !item.isEmpty else {
        throw SuiteError(item.position, "expected the id of a metric, found \(item.noun)")
      }
      let better = try direction(of: metric, at: item.position)
      guard better != .neither else {
        throw SuiteError(
          item.position, "\(quoted(metric)) is neither better high nor low: it is no objective")
      }
      guard !result.contains(where: { $0.metric == metric }) else {
        throw SuiteError(item.position, "\(quoted(metric)) is listed twice")
      }
      result.append(StudyObjective(metric: metric, better: better))
    }
    guard (1...4).contains(result.count) else {
      throw SuiteError(node.position, "a study has one to four objectives, not \(result.count)")
    }
    if let function, result.count != function.objectiveCount {
      throw SuiteError(
        node.position,
        "the function '\(function.name)' has \(function.objectiveCount) outputs to make small, and"
          + " \(result.count) are named")
    }
    return result
  }

  /// `serve/ttft/p95 <= 200ms`, one each.
  private func constraints() throws(SuiteError) -> [StudyConstraint] {
    guard let node = benchmark.study["constraints"] else {
      guard let function, function.constraintCount > 0 else { return [] }
      return (1...function.constraintCount).map {
        StudyConstraint(metric: "c\($0)", limit: 0, isUpper: true)
      }
    }
    var result: [StudyConstraint] = []
    for item in Self.items(node) {
      guard let text = item.text else {
        throw SuiteError(item.position, "expected a limit such as c1 <= 0, found \(item.noun)")
      }
      let isUpper = text.contains("<=")
      let parts = text.split(separator: isUpper ? "<=" : ">=").map(Self.trimmed)
      guard parts.count == 2, text.contains("<=") != text.contains(">="),
        let limit = QuantityText.double(parts[1]) ?? QuantityText.seconds(parts[1])
          ?? QuantityText.bytes(parts[1]).map(Double.init) ?? QuantityText.percent(parts[1])
      else {
        throw SuiteError(
          item.position,
          "\(quoted(text)) is not a limit; write a metric, <= or >=, and a number or quantity, such as"
            + " 'memory/peak-bytes <= 8GiB'")
      }
      _ = try direction(of: parts[0], at: item.position)
      result.append(StudyConstraint(metric: parts[0], limit: limit, isUpper: isUpper))
    }
    if let function, result.count != function.constraintCount {
      throw SuiteError(
        node.position,
        "the function '\(function.name)' has \(function.constraintCount) constraints, and"
          + " \(result.count) are named")
    }
    return result
  }

  // MARK: budget and sampler

  private func budget() throws(SuiteError) -> StudyBudget {
    guard let node = benchmark.study["budget"] else {
      throw SuiteError(
        benchmark.position, "the study has no 'budget'; add for example 'budget: 100' (trials)")
    }
    var budget = StudyBudget(trials: 0)
    if let text = node.text {
      budget.trials = try Self.count(text, node.position)
      return budget
    }
    guard case .mapping(let members) = node.content else {
      throw SuiteError(
        node.position, "expected a number of trials or a mapping, found \(node.noun)")
    }
    for member in members {
      let text = member.value.text ?? ""
      switch member.key {
      case "trials": budget.trials = try Self.count(text, member.value.position)
      case "cost":
        guard let cost = QuantityText.seconds(text) ?? QuantityText.double(text), cost > 0 else {
          throw SuiteError(
            member.value.position, "\(member.value.noun) is not a cost such as 30m or 50")
        }
        budget.cost = cost
      case "confirm":
        guard let share = QuantityText.percent(text), (0...0.9).contains(share) else {
          throw SuiteError(
            member.value.position, "\(member.value.noun) is not a share from 0% to 90%")
        }
        budget.confirm = share
      default:
        throw SuiteError(
          member.keyPosition,
          "unknown key \(quoted(member.key)) in a budget"
            + didYouMean(member.key, among: SuiteLanguage.budget.names)
            + "; keys here: \(SuiteLanguage.budget.names.joined(separator: ", "))")
      }
    }
    guard budget.trials > 0 else {
      throw SuiteError(node.position, "the budget has no 'trials'; add for example 'trials: 100'")
    }
    return budget
  }

  private static func count(
    _ text: String, _ position: SourcePosition
  ) throws(SuiteError) -> Int {
    guard let count = QuantityText.int(text), (1...1_000_000).contains(count) else {
      throw SuiteError(
        position, "\(quoted(text)) is not a number of trials from 1 to 1000000")
    }
    return count
  }

  private func sampler() throws(SuiteError) -> (String?, Configuration) {
    guard let node = benchmark.study["sampler"] else { return (nil, Configuration()) }
    var options = Configuration()
    let name: YAMLNode
    if case .mapping(let members) = node.content {
      guard let named = members.first(where: { $0.key == "name" })?.value else {
        throw SuiteError(node.position, "the sampler has no 'name'")
      }
      name = named
      for member in members where member.key != "name" {
        options["sampler." + member.key] = try option(member, of: named)
      }
    } else {
      name = node
    }
    guard let text = name.text, Samplers.names.contains(text) else {
      throw SuiteError(
        name.position,
        "\(name.noun) is no sampler\(didYouMean(name.text ?? "", among: Samplers.names));"
          + " there are \(Samplers.names.joined(separator: ", "))")
    }
    return (text, options)
  }

  private func option(
    _ member: YAMLEntry, of name: YAMLNode
  ) throws(SuiteError) -> ConfigurationValue {
    let knobs = Samplers.all.first { $0.name == name.text }?.knobs ?? []
    guard let knob = knobs.first(where: { $0.path == "sampler." + member.key }) else {
      let known = knobs.map { String($0.path.dropFirst("sampler.".count)) }
      throw SuiteError(
        member.keyPosition,
        "\(name.noun) has no option \(quoted(member.key))\(didYouMean(member.key, among: known));"
          + (known.isEmpty ? " it has none" : " it has \(known.joined(separator: ", "))"))
    }
    do throws(ValueError) {
      return try knob.value(of: member.value.text ?? "")
    } catch {
      throw SuiteError(member.value.position, error.description)
    }
  }

  /// The elements of a list, or a single value as one.
  private static func items(_ node: YAMLNode) -> [YAMLNode] {
    if case .sequence(let items) = node.content { return items }
    return [node]
  }

  private static func trimmed(_ text: Substring) -> String {
    text.split(separator: " ").joined(separator: " ")
  }
}
