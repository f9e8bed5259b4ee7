// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

extension Doctor {
  /// A screen for people: the findings with their cost and remedy, then what is well.
  package var text: String {
    let width = findings.map(\.check.count).max() ?? 0
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(width - text.count, 0))
    }
    var lines = ["Grade \(grade.rawValue) (\(Self.rule))", ""]
    for finding in findings {
      lines.append(
        "  \(padded(finding.severity.rawValue, 7))  \(padded(finding.check, width))  "
          + finding.observed)
      guard finding.severity > .unknown else { continue }
      let indent = String(repeating: " ", count: width + 13)
      if let cost = finding.cost { lines.append(indent + "costs: " + cost) }
      if let remedy = finding.remedy { lines.append(indent + "mend:  " + remedy.text) }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// `{"schema": "tacho-doctor", "version": 1, "grade", "rule", "findings": [{check, severity, observed,
  /// cost, fix, changeable}]}`; `fix` is a command where `changeable`, else says who can.
  package var json: String {
    let list = findings.map { finding -> ConfigurationValue in
      var changeable: ConfigurationValue = .null
      switch finding.remedy {
      case .command: changeable = true
      case .none?: changeable = false
      case nil: break
      }
      return .object([
        "check": .string(finding.check), "severity": .string(finding.severity.rawValue),
        "observed": .string(finding.observed),
        "cost": finding.cost.map { .string($0) } ?? .null,
        "fix": (finding.remedy?.text).map { .string($0) } ?? .null, "changeable": changeable,
      ])
    }
    return ConfigurationValue.object([
      "schema": "tacho-doctor", "version": 1, "grade": .string(grade.rawValue),
      "rule": .string(Self.rule), "findings": .array(list),
    ]).canonicalJSON + "\n"
  }
}
