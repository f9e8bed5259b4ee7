// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
package import TachoRecord

/// All of a gate's result as one JSON object whose members are added to, never renamed or removed,
/// without raising `version`.
///
/// `{"schema": "tacho-gate", "version": 1, "tacho", "verdict": "pass" | "fail" | "inconclusive" |
/// "invalid", "exit_code", "suite", "command", "machine": {id, name}, "result"}`; `suite`, `command` and
/// `machine` are left out where they are not known. `result` is:
///
/// - `started_at`, `finished_at`; `invalid`: why the job proves nothing, empty when its controls held;
/// - `record`: `sweep_id`; `base` and `candidate` {reference, revision, build_id, digest (SHA-256)};
///   `policy` {alpha, beta, fail_chance, pass_chance, pairs_max, rounds, confirming_evidence,
///   seconds_max}; `seed` (64 bits without a sign: some readers round it); `expected`, points to be
///   judged; `series` [{id, name, role, point_id, remark, confirms, exact [{metric, budget}]}]; `members` [{id,
///   name, role, series, statistic, margins {tolerated, must_not_pass} as shares of the base's time, metric
///   {id, unit, better} where it is not the time of a call, accepted}]; `release`, the base's tag where it is
///   the last release; `acceptances` {path, text, is_applied, base_unknown, entries [{acceptance {point,
///   metric, up_to, reason, expires, base}, line, days_left, is_new, members: the suite's margins by member
///   id, counts: the suite's budgets by series id, left_out_of}]};
/// - `decisions`, and `confirmations` in another layout: [{member_id, verdict, pairs, fail_evidence,
///   fail_threshold, pass_evidence, pass_threshold, shift, low, high, base, candidate, reason}], evidence as
///   natural logarithms, shift and interval as ln(candidate's time / base's time), of a metric of which more is
///   better ln(base's / candidate's), `base` and `candidate` in seconds or the metric's unit;
/// - `differences` [{series_id, name, quantity, base, candidate, change, detail, is_failure}];
/// - `causes`: by member id {text, factors, factors_missing, kernels, kernels_missing, functions,
///   functions_missing, environment}, parts being {name, change, share, low, high}.
///
/// A member without a value is left out. Numbers that are not finite are the texts `inf`, `-inf`, `nan`.
package enum GateJSON: GateFormat {
  package static let name = "json"
  package static let summary = "everything, for programs"

  package static let schema = "tacho-gate"
  package static let version = 1

  /// What the text holds.
  package struct Document: Sendable, Hashable, Codable {
    package struct Machine: Sendable, Hashable, Codable {
      package var id: String
      package var name: String
    }

    package var schema: String
    package var version: Int
    /// The release that wrote it.
    package var tacho: String
    package var verdict: GateResult.Outcome
    package var exitCode: Int32
    package var suite: String?
    package var command: String?
    package var machine: Machine?
    package var result: GateResult
  }

  package static func render(_ result: GateResult, _ context: GateContext) throws -> String {
    let document = Document(
      schema: schema, version: version, tacho: TachoVersion.string, verdict: result.outcome,
      exitCode: result.outcome.exitCode, suite: context.suitePath, command: context.command,
      machine: context.machine.map { .init(id: $0.id, name: $0.name) }, result: result)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .custom { path in Key(snake(path.last?.stringValue ?? "")) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  /// Reads what `render` wrote; a text of another schema or a later version is an error.
  package static func document(_ text: String) throws -> Document {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .custom { path in Key(camel(path.last?.stringValue ?? "")) }
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let header = try decoder.decode(Header.self, from: Data(text.utf8))
    guard header.schema == schema, header.version <= version else {
      throw SchemaError(schema: header.schema, version: header.version)
    }
    return try decoder.decode(Document.self, from: Data(text.utf8))
  }

  private struct Header: Decodable {
    let schema: String
    let version: Int
  }

  /// A text that is not a gate's result, or one of a later release.
  package struct SchemaError: Error, CustomStringConvertible {
    package let schema: String
    package let version: Int

    package var description: String {
      "this is \(schema) version \(version), not \(GateJSON.schema) version 1 to \(GateJSON.version): "
        + "read it with the release of tacho that wrote it"
    }
  }

  // MARK: Names

  private struct Key: CodingKey {
    let stringValue: String
    let intValue: Int?
    init(_ text: String) { (stringValue, intValue) = (text, nil) }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { (stringValue, self.intValue) = ("\(intValue)", intValue) }
  }

  /// `memberID` becomes `member_id`.
  private static func snake(_ name: String) -> String {
    var result = ""
    var previous: Character = "_"
    for letter in name {
      if letter.isUppercase, previous.isLowercase { result += "_" }
      result += letter.lowercased()
      previous = letter
    }
    return result
  }

  /// `member_id` becomes `memberID`.
  private static func camel(_ name: String) -> String {
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(String(parts.first ?? "")) { result, part in
      result + (part == "id" ? "ID" : part.prefix(1).uppercased() + part.dropFirst())
    }
  }
}
