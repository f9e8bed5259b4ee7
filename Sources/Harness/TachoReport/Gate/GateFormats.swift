// SPDX-License-Identifier: Apache-2.0

/// Every format of a gate's result: one line each.
package enum GateFormats {
  package static let all: [any GateFormat.Type] = [
    GateTable.self,
    GateMarkdown.self,
    GateJUnit.self,
    GateSARIF.self,
    GateAnnotations.self,
    GateJSON.self,
  ]

  package static func named(_ name: String) -> (any GateFormat.Type)? {
    all.first { $0.name == name }
  }
}
