// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord

/// The machines and builds that measured, and the suites as they were written.
package enum ProvenanceSection: ReportSection {
  package static let title = "Machines, builds and suites"

  package static func render(_ context: ReportContext) -> HTML? {
    let sweeps = context.results.sweeps.map(\.record)
    guard !sweeps.isEmpty else { return nil }
    let calibrations = Dictionary(
      context.results.sweeps.compactMap { sweep in
        sweep.calibration?.name.map { (sweep.record.id, $0) }
      }, uniquingKeysWith: { $1 })
    let machines = distinct(sweeps.map(\.machine), by: \.id)
    let builds = distinct(sweeps.map(\.build), by: \.id)
    return HTML("div") {
      for machine in machines {
        facts("Machine \(machine.name)", machine.id, machine.facts)
      }
      for build in builds {
        facts("Build", build.id, build.facts)
      }
      for sweep in sweeps {
        HTML("details") {
          HTML("summary") { "Suite \(sweep.suite), sweep \(sweep.id)" }
          HTML("p") { "Plan \(sweep.planHash), started \(sweep.startedAt), by:" }
          HTML("pre") { sweep.command }
          if let fitness = fitness(of: sweep.id, in: context) {
            HTML("p", ["class": "fitness"]) { fitness }
          }
          if let name = calibrations[sweep.id] {
            HTML("p") { "Limits that it did not measure itself are those of \(name)." }
          }
          if !sweep.suiteText.isEmpty {
            HTML("pre", ["class": "suite"]) { sweep.suiteText }
          }
        }
      }
    }
  }

  /// The doctor's grade when the sweep began, or was resumed, with the findings that made it.
  private static func fitness(of sweepID: String, in context: ReportContext) -> String? {
    let grades = context.results.sweeps.filter { $0.record.id == sweepID }.flatMap(\.events)
      .filter { $0.kind == "conditions" }.compactMap { event -> String? in
        guard
          let facts = try? JSONDecoder().decode(
            [String: ConfigurationValue].self, from: Data(event.message.utf8)),
          let grade = facts["doctor.grade"]?.stringValue
        else { return nil }
        var findings: [String] = []
        if case .array(let list)? = facts["doctor.findings"] {
          findings = list.compactMap(\.stringValue)
        }
        return grade + (findings.isEmpty ? "" : " (\(findings.joined(separator: "; ")))")
      }
    return grades.isEmpty
      ? nil
      : "The machine's fitness for measuring, as tacho doctor graded it: "
        + grades.joined(separator: ", then ")
  }

  private static func distinct<Value>(_ values: [Value], by id: (Value) -> String) -> [Value] {
    var seen: Set<String> = []
    return values.filter { seen.insert(id($0)).inserted }
  }

  private static func facts(
    _ name: String, _ id: String, _ values: [String: ConfigurationValue]
  ) -> HTML {
    HTML("div", ["class": "facts"]) {
      HTML("h3") {
        name
        HTML("span", ["class": "quiet"]) { " \(id)" }
      }
      if values.isEmpty {
        HTML("p") { "No facts were recorded." }
      } else {
        HTML("dl") {
          for (key, value) in values.sorted(by: { $0.key < $1.key }) {
            HTML("div") {
              HTML("dt") { key }
              HTML("dd") { value.display }
            }
          }
        }
      }
    }
  }
}
