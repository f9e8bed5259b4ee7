// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoCatalog
import TachoEngine

/// The engine's knobs as options of every command that runs a model.
struct EngineOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "Worker threads; 0 means one for each processor.")
  var threads = 0

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp(
      "Set any knob by its path, for example kv.format=f32 (see 'tacho list knobs').",
      valueName: "path=value"))
  var settings: [String] = []

  /// The configuration these options spell, checked against `knobs`.
  func configuration(knobs: [Knob]) throws -> Configuration {
    var configuration = Configuration(["engine.threads": .int(threads)])
    for setting in settings {
      let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else {
        throw ValidationError("--set \(setting): write path=value")
      }
      let path = String(parts[0])
      guard let knob = knobs.first(where: { $0.path == path }) else {
        let hint = Spelling.suggestion(for: path, among: knobs.map(\.path))
        throw ValidationError(
          "--set \(setting): there is no knob '\(path)'"
            + (hint.map { "; did you mean '\($0)'?" } ?? ""))
      }
      guard let value = Self.value(of: String(parts[1]), for: knob) else {
        throw ValidationError("--set \(setting): \(path) must be \(knob.expectation)")
      }
      configuration[path] = value
    }
    return configuration
  }

  private static func value(of text: String, for knob: Knob) -> ConfigurationValue? {
    let raw: ConfigurationValue
    switch knob.kind {
    case .bool: raw = text == "true" ? true : text == "false" ? false : .string(text)
    case .int: raw = Int(text).map { .int($0) } ?? .string(text)
    case .double: raw = Double(text).map { .double($0) } ?? .string(text)
    case .choice, .text: raw = .string(text)
    }
    return knob.normalized(raw)
  }
}
