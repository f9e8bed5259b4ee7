// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog
package import TachoRecord

/// Everything on record of what a number was measured in, by where it comes from.
package struct EnvironmentFacts: Sendable, Hashable {
  package enum Area: String, Sendable, Hashable, CaseIterable {
    /// What stays the same on a machine from run to run.
    case machine
    /// The program that measured.
    case build
    /// What a worker said of itself and of what it prepared.
    case run
    /// The machine's state when the sweep began.
    case conditions
  }

  package var areas: [Area: [String: ConfigurationValue]]

  package init(_ areas: [Area: [String: ConfigurationValue]]) {
    self.areas = areas
  }

  /// Of one run of a sweep; the conditions are those noted last before the run began.
  package init(_ sweep: ResultSet.Sweep, run: RunRecord) {
    let noted = sweep.events.filter { $0.kind == "conditions" }
    let conditions = noted.last { $0.at <= run.startedAt } ?? noted.first
    areas = [
      .machine: sweep.record.machine.facts, .build: sweep.record.build.facts, .run: run.facts,
    ]
    // An event of another form says nothing of the conditions.
    areas[.conditions] = conditions.flatMap {
      try? JSONDecoder().decode([String: ConfigurationValue].self, from: Data($0.message.utf8))
    }
  }

  /// A fact that is on record; one that could not be had is none.
  func known(_ area: Area, _ path: String) -> ConfigurationValue? {
    guard let value = areas[area]?[path], value != .null else { return nil }
    return value.stringValue?.hasPrefix("unavailable: ") == true ? nil : value
  }
}
