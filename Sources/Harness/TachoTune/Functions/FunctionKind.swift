// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

/// The benchmark kind `function`: a test function in place of an engine.
package enum FunctionKind {
  static let name = Knob(
    "function.name", .choice(TestFunctions.all.map(\.name)), default: "branin",
    "Which function.")
  static let noise = Knob(
    "function.noise", .double(0...1e9), default: 0.0,
    "Standard deviation of what is added to every value; 0 repeats exactly.")
  static let cost = Knob(
    "function.cost", .double(0...1e9), default: 1.0, "What one measurement costs.")
  static let crashes = Knob(
    "function.crashes", .double(0...1), default: 0.0,
    "Share of the first parameter's range, from its lower end, in which it crashes.")

  package static let kind = BenchmarkKind(
    name: "function", summary: "A test function with a known optimum, for `tacho tune`.",
    knobs: [name, noise, cost, crashes] + parameterKnobs)

  /// The parameters of all functions, each path once.
  private static var parameterKnobs: [Knob] {
    var kinds: [String: Knob.Kind] = [:]
    var order: [String] = []
    for parameter in TestFunctions.all.flatMap(\.parameters) {
      if kinds[parameter.path] == nil { order.append(parameter.path) }
      switch (parameter.domain, kinds[parameter.path]) {
      case (.real(let range, _), .double(let other)?):
        kinds[parameter.path] = .double(
          min(range.lowerBound, other.lowerBound)...max(range.upperBound, other.upperBound))
      case (.real(let range, _), _): kinds[parameter.path] = .double(range)
      case (.categorical(let values), _):
        kinds[parameter.path] = .choice(values.compactMap(\.stringValue))
      default: break
      }
    }
    return order.compactMap { path in
      kinds[path].map { kind in
        let value: ConfigurationValue
        switch kind {
        case .double(let range): value = .double(range.lowerBound)
        case .choice(let names): value = .string(names.first ?? "")
        default: value = .null
        }
        return Knob(path, kind, default: value, "A parameter of the function.")
      }
    }
  }

  /// The function of a benchmark's settings.
  package static func function(_ settings: Configuration) -> TestFunction? {
    TestFunctions.named((settings[name.path] ?? name.defaultValue).stringValue ?? "")
  }

  /// What measures a study of it.
  package static func measurer(_ settings: Configuration, seed: UInt64) -> FunctionMeasurer? {
    function(settings).map { function in
      func number(_ knob: Knob) -> Double {
        (settings[knob.path] ?? knob.defaultValue).doubleValue ?? 0
      }
      return FunctionMeasurer(
        function, seed: seed, noise: number(noise), cost: number(cost), crashes: number(crashes))
    }
  }
}
