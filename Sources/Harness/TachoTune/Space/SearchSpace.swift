// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// What a study searches: parameters, when each has a value, and what a combination must fulfil.
///
/// A requirement that needs the value of an inactive parameter does not apply.
package struct SearchSpace: Sendable, Hashable {
  package static let maxParameters = 100

  /// As declared; samplers' unit coordinates have the same order.
  package let parameters: [Parameter]
  package let requirements: [Expression]
  /// Settings that expressions may name and that no trial changes.
  package let constants: Configuration
  /// The parameters' places, each after those its condition names.
  let order: [Int]
  private let places: [String: Int]

  package init(
    _ parameters: [Parameter], requires requirements: [Expression] = [],
    constants: Configuration = Configuration()
  ) throws(SpaceError) {
    self.parameters = parameters
    self.requirements = requirements
    self.constants = constants
    guard !parameters.isEmpty else { throw SpaceError(.whole, "there is nothing to search") }
    guard parameters.count <= Self.maxParameters else {
      throw SpaceError(.whole, "more than \(Self.maxParameters) parameters")
    }
    var places: [String: Int] = [:]
    for (place, parameter) in parameters.enumerated() {
      if let complaint = parameter.complaint {
        throw SpaceError(.parameter(parameter.path), complaint)
      }
      guard places.updateValue(place, forKey: parameter.path) == nil else {
        throw SpaceError(.parameter(parameter.path), "it is declared twice")
      }
    }
    self.places = places
    order = try Self.sorted(parameters, places)
    try checkExpressions()
  }

  /// Conditions must not go round in circles.
  private static func sorted(
    _ parameters: [Parameter], _ places: [String: Int]
  ) throws(SpaceError) -> [Int] {
    var order: [Int] = []
    var isPlaced = [Bool](repeating: false, count: parameters.count)
    while order.count < parameters.count {
      let next = parameters.indices.first { place in
        !isPlaced[place]
          && (parameters[place].condition?.names ?? []).allSatisfy { name in
            places[name].map { isPlaced[$0] } ?? true
          }
      }
      guard let next else {
        let circle = parameters.indices.filter { !isPlaced[$0] }.map { parameters[$0].path }
        throw SpaceError(
          .condition(circle[0], offset: 0),
          "conditions go round in a circle: \(circle.joined(separator: ", "))")
      }
      isPlaced[next] = true
      order.append(next)
    }
    return order
  }

  private func checkExpressions() throws(SpaceError) {
    var domains: [String: [ConfigurationValue]?] = [:]
    for (path, value) in constants.values { domains[path] = .some([value]) }
    for parameter in parameters {
      switch parameter.domain {
      case .integer, .real: domains[parameter.path] = .some(nil)
      case .categorical(let values), .ordinal(let values): domains[parameter.path] = .some(values)
      }
    }
    for parameter in parameters {
      guard let condition = parameter.condition else { continue }
      do throws(ExpressionError) {
        try ExpressionCheck(text: condition.text, domains: domains).check(condition.root)
      } catch {
        throw SpaceError(.condition(parameter.path, offset: error.offset), error.message)
      }
    }
    for (place, requirement) in requirements.enumerated() {
      do throws(ExpressionError) {
        try ExpressionCheck(text: requirement.text, domains: domains).check(requirement.root)
      } catch {
        throw SpaceError(.requirement(place, offset: error.offset), error.message)
      }
    }
  }

  /// The place of a parameter among `parameters`.
  package func place(of path: String) -> Int? { places[path] }

  /// The value an expression finds under a name in a configuration of this space.
  func lookup(_ name: String, in configuration: Configuration) -> ConfigurationValue? {
    places[name] == nil ? constants[name] : configuration[name]
  }

  /// Whether a parameter has a value beside those of `configuration` it depends on.
  func isActive(_ place: Int, in configuration: Configuration) -> Bool {
    guard let condition = parameters[place].condition else { return true }
    return condition.holds { lookup($0, in: configuration) } ?? false
  }

  /// The first requirement that a configuration breaks.
  package func brokenRequirement(of configuration: Configuration) -> Expression? {
    requirements.first { requirement in
      requirement.holds { lookup($0, in: configuration) } == false
    }
  }

  /// The configuration at a point of the unit cube: one coordinate for each parameter, those of inactive
  /// ones ignored.
  package func configuration(at units: [Double]) -> Configuration {
    var result = Configuration()
    for place in order where isActive(place, in: result) {
      let parameter = parameters[place]
      result[parameter.path] = parameter.value(atUnit: units[place])
    }
    return result
  }

  /// Where a configuration lies in the unit cube; nil for parameters it has no value of.
  package func units(of configuration: Configuration) -> [Double?] {
    parameters.map { parameter in
      configuration[parameter.path].flatMap { parameter.unit(of: $0) }
    }
  }

  /// A configuration from elsewhere in this space's own form.
  package func admitted(_ configuration: Configuration) throws(SpaceError) -> Configuration {
    if let stray = configuration.paths.first(where: { places[$0] == nil }) {
      let hint = Spelling.suggestion(for: stray, among: parameters.map(\.path))
      throw SpaceError(
        .parameter(stray),
        "the study has no such parameter" + (hint.map { "; did you mean '\($0)'?" } ?? ""))
    }
    var result = Configuration()
    for place in order {
      let parameter = parameters[place]
      guard isActive(place, in: result) else {
        if configuration[parameter.path] != nil {
          throw SpaceError(
            .parameter(parameter.path),
            "it has a value, but only where \(parameter.condition?.text ?? "")")
        }
        continue
      }
      guard let value = configuration[parameter.path] else {
        throw SpaceError(.parameter(parameter.path), "it is missing; give \(parameter.expectation)")
      }
      guard let normalized = parameter.normalized(value) else {
        throw SpaceError(
          .parameter(parameter.path),
          "\(value.canonicalJSON) is not \(parameter.expectation)")
      }
      result[parameter.path] = normalized
    }
    if let broken = brokenRequirement(of: result) {
      throw SpaceError(.whole, "the configuration breaks '\(broken.text)'")
    }
    return result
  }

  /// First 16 hex digits of SHA-256 over a configuration's canonical JSON: equal ones have equal ids.
  package static func id(of configuration: Configuration) -> String {
    String(SHA256.hex(configuration.canonicalJSON).prefix(16))
  }
}
