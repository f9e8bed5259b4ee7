// SPDX-License-Identifier: Apache-2.0

/// Every text format of results: one line each.
package enum TableFormats {
  package static let all: [any TableFormat.Type] = [
    TerminalTable.self,
    MarkdownTable.self,
    FlatCSV.self,
    JSONExport.self,
  ]

  package static func named(_ name: String) -> (any TableFormat.Type)? {
    all.first { $0.name == name }
  }
}
