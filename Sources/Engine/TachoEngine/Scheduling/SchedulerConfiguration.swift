// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// How many requests run at a time and how a forward pass is divided among them.
package struct SchedulerConfiguration: Sendable {
  /// Most requests that hold keys and values at a time; the others wait.
  package var maxSequences = 32
  /// Most prompt tokens of one request in one forward pass; 0 leaves it to the pass (chunked prefill:
  /// Agrawal and others, 2023, Sarathi).
  package var prefillChunk = 0
  /// Most rows of one forward pass over all requests; 0 takes `engine.batch_rows`.
  package var stepTokens = 0
  package var policy = SchedulingPolicies.all.names[0]

  package init() {}

  package static let knobs: [Knob] = [
    Knob(
      "scheduler.max_sequences", .int(1...8192), default: 32, unit: "requests",
      "Most requests that run at a time; the others wait."),
    Knob(
      "scheduler.prefill_chunk", .int(0...8192), default: 0, unit: "tokens",
      "Most prompt tokens of one request in one forward pass; 0 as many as the pass has room for."),
    Knob(
      "scheduler.step_tokens", .int(0...8192), default: 0, unit: "tokens",
      "Most rows of one forward pass, running requests first; 0 takes engine.batch_rows."),
    Knob(
      "scheduler.policy", .choice(SchedulingPolicies.all.names),
      default: .string(SchedulingPolicies.all.names[0]), "Which waiting request runs next."),
  ]

  /// Reads the paths above; others are ignored.
  package init(_ configuration: Configuration) throws {
    self.init()
    for knob in Self.knobs {
      guard let given = configuration[knob.path] else { continue }
      guard let value = knob.normalized(given) else {
        throw EngineError(
          .badConfiguration, "\(knob.path) is \(given.display): it must be \(knob.expectation)")
      }
      switch knob.path {
      case "scheduler.max_sequences": maxSequences = value.intValue ?? maxSequences
      case "scheduler.prefill_chunk": prefillChunk = value.intValue ?? prefillChunk
      case "scheduler.step_tokens": stepTokens = value.intValue ?? stepTokens
      case "scheduler.policy": policy = value.stringValue ?? policy
      default: break
      }
    }
  }

  /// Rows of one forward pass: every running request must find room for its next token.
  package func rows(batchRows: Int) throws -> Int {
    let rows = stepTokens == 0 ? batchRows : stepTokens
    guard rows <= batchRows else {
      throw EngineError(
        .badConfiguration,
        "scheduler.step_tokens = \(rows) exceeds engine.batch_rows = \(batchRows), the most rows of a "
          + "pass: lower it or raise engine.batch_rows")
    }
    guard maxSequences <= rows else {
      throw EngineError(
        .badConfiguration,
        "scheduler.max_sequences = \(maxSequences), but a pass has \(rows) rows and each running "
          + "request needs one: lower it, or raise engine.batch_rows or scheduler.step_tokens")
    }
    return rows
  }
}
