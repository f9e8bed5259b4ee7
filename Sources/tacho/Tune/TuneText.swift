// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoTune

/// How `tacho tune` writes trials and results.
enum TuneText {
  /// One line of JSON.
  static func line(_ facts: [String: ConfigurationValue]) -> String {
    ConfigurationValue.object(facts).canonicalJSON + "\n"
  }

  /// A trial as a line of JSON, with other facts.
  static func line(
    _ facts: [String: ConfigurationValue] = [:], of trial: TrialRecord
  ) -> String {
    var facts = facts
    facts["trial"] = .int(trial.number)
    facts["state"] = .string(trial.state.rawValue)
    facts["configuration"] = .object(trial.configuration.values)
    facts["values"] = .array(trial.values.map { .double($0.mean) })
    facts["standard_errors"] = .array(
      trial.values.map { $0.standardError.map { .double($0) } ?? .null })
    if !trial.constraints.isEmpty {
      facts["constraints"] = .array(trial.constraints.map { .double($0.mean) })
    }
    facts["measurements"] = .int(trial.measurements)
    facts["cost"] = .double(trial.cost)
    if let failure = trial.failure { facts["failure"] = .string(failure.rawValue) }
    if let reason = trial.reason { facts["reason"] = .string(reason) }
    return line(facts)
  }

  /// A trial as a line for a person.
  static func row(_ trial: TrialRecord, _ definition: StudyDefinition) -> String {
    let values = zip(definition.objectives, trial.values).map { objective, value in
      "\(objective.metric) \(number(value.mean))"
    }
    let limits = zip(definition.constraints, trial.constraints).filter { $1.mean > 0 }
      .map { "breaks \($0.metric) by \(number($1.mean))" }
    let settings = trial.configuration.paths.map { path in
      let value = trial.configuration[path] ?? .null
      if case .double(let real) = value { return "\(path)=\(number(real))" }
      return "\(path)=\(value.display)"
    }
    let outcome =
      trial.state == .failed
      ? ["failed: \(trial.failure?.rawValue ?? "?"), \(trial.reason ?? "")"] : values + limits
    return
      "\(trial.number)  \(outcome.joined(separator: "  "))  \(settings.joined(separator: " "))\n"
  }

  /// Facts as a table of two columns.
  static func table(_ facts: [String: ConfigurationValue]) -> String {
    facts.keys.sorted().map { key in
      let value = facts[key] ?? .null
      return "  \(key): \(value.display)"
    }.joined(separator: "\n") + "\n"
  }

  private static func number(_ value: Double) -> String { String(format: "%.6g", value) }
}
