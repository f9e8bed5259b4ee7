// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
package import TachoRecord

/// A gate's findings as SARIF 2.1.0, which code scanning services show and follow over time.
///
/// A finding lies at the suite's file, its logical location is the member. Its fingerprints depend on
/// suite, rule and member, not on what was measured, so that one stays one finding from job to job.
/// Passes are no findings.
///
/// Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0.
package enum GateSARIF: GateFormat {
  package static let name = "sarif"
  package static let summary = "SARIF 2.1.0 for code scanning"

  static let schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

  package static func render(_ result: GateResult, _ context: GateContext) throws -> String {
    let summary = GateSummary(result)
    let findings = GateFinding.all(in: summary)
    let run = ConfigurationValue.object([
      "tool": .object(["driver": .object(driver)]),
      "automationDetails": .object(["id": .string("tacho-gate/\(context.suitePath ?? "suite")/")]),
      "invocations": .array([.object(invocation(result, context))]),
      "results": .array(findings.map { object($0, context) }),
      "properties": .object(properties(summary, context)),
    ])
    let document = ConfigurationValue.object([
      "$schema": .string(schema), "version": "2.1.0", "runs": .array([run]),
    ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }

  private static var driver: [String: ConfigurationValue] {
    [
      "name": "tacho", "version": .string(TachoVersion.string),
      "semanticVersion": .string(TachoVersion.string),
      "rules": .array(
        GateFinding.Rule.allCases.map { rule in
          .object([
            "id": .string(rule.rawValue),
            "shortDescription": .object(["text": .string(rule.title)]),
            "fullDescription": .object(["text": .string(rule.explanation)]),
            "help": .object(["text": .string(rule.explanation)]),
            "defaultConfiguration": .object(["level": .string(rule.level.rawValue)]),
            "properties": .object(["tags": .array(["performance"])]),
          ])
        }),
    ]
  }

  private static func invocation(
    _ result: GateResult, _ context: GateContext
  ) -> [String: ConfigurationValue] {
    var invocation: [String: ConfigurationValue] = [
      "executionSuccessful": .bool(result.outcome != .invalid),
      "exitCode": .int(Int(result.outcome.exitCode)),
    ]
    // The schema takes RFC 3339 only; what is not is left out.
    if GateJUnit.date(result.startedAt) != nil {
      invocation["startTimeUtc"] = .string(result.startedAt)
    }
    if GateJUnit.date(result.finishedAt) != nil {
      invocation["endTimeUtc"] = .string(result.finishedAt)
    }
    if let command = context.command { invocation["commandLine"] = .string(command) }
    return invocation
  }

  private static func object(
    _ finding: GateFinding, _ context: GateContext
  ) -> ConfigurationValue {
    let fingerprint = finding.fingerprint(suite: context.suitePath)
    var location: [String: ConfigurationValue] = [
      "logicalLocations": .array([
        .object([
          "name": .string(finding.name),
          "fullyQualifiedName": .string(finding.identity.joined(separator: "/")),
        ])
      ])
    ]
    if let path = context.suitePath {
      location["physicalLocation"] = .object([
        "artifactLocation": .object(artifact(path)),
        "region": .object(["startLine": .int(1)]),
      ])
    }
    var result: [String: ConfigurationValue] = [
      "ruleId": .string(finding.rule.rawValue),
      "ruleIndex": .int(GateFinding.Rule.allCases.firstIndex(of: finding.rule) ?? 0),
      "level": .string(finding.level.rawValue),
      "message": .object(["text": .string(finding.message)]),
      "locations": .array([.object(location)]),
      // The second is the one GitHub compares; without it all findings of a suite's first line are one.
      "partialFingerprints": .object([
        "tachoGateMember/v1": .string(fingerprint),
        "primaryLocationLineHash": .string(String(fingerprint.prefix(16)) + ":1"),
      ]),
    ]
    if let row = finding.row { result["properties"] = .object(figures(row)) }
    return .object(result)
  }

  /// A path within the repository is relative to its root, an absolute one a file's address.
  private static func artifact(_ path: String) -> [String: ConfigurationValue] {
    var allowed = CharacterSet.urlPathAllowed
    allowed.remove(charactersIn: ":;")
    let encoded = path.addingPercentEncoding(withAllowedCharacters: allowed) ?? "suite"
    return path.hasPrefix("/")
      ? ["uri": .string("file://" + encoded)]
      : ["uri": .string(encoded), "uriBaseId": "%SRCROOT%"]
  }

  private static func figures(_ row: GateRow) -> [String: ConfigurationValue] {
    func share(_ logRatio: Double?) -> ConfigurationValue {
      guard let logRatio, expm1(logRatio).isFinite else { return .null }
      return .double(expm1(logRatio))
    }
    return [
      "verdict": .string(row.decision.verdict.rawValue), "pairs": .int(row.decision.pairs),
      "shift": share(row.decision.shift), "low": share(row.decision.low),
      "high": share(row.decision.high),
      "evidence": .string(GateText.evidence(row.decision)),
      "tolerated": .double(row.member.margins.tolerated),
      "mustNotPass": .double(row.member.margins.mustNotPass),
      "accepted": row.acceptedText.map { .string($0) } ?? .null,
    ]
  }

  private static func properties(
    _ summary: GateSummary, _ context: GateContext
  ) -> [String: ConfigurationValue] {
    let record = summary.result.record
    var properties: [String: ConfigurationValue] = [
      "verdict": .string(summary.verdict), "statement": .string(summary.sentence),
      "controls": .string(summary.controlsText), "base": .string(record.base.digest),
      "candidate": .string(record.candidate.digest), "notProtected": .string(summary.unprotected),
    ]
    let accepted = summary.acceptances.map { "\($0.title); \($0.status)" }
    if !accepted.isEmpty { properties["acceptances"] = .array(accepted.map { .string($0) }) }
    if let release = record.release { properties["release"] = .string(release) }
    if let machine = context.machineText { properties["machine"] = .string(machine) }
    return properties
  }
}
