// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A way to write results as one text.
///
/// To add one: a file with a conforming type, and a line in `TableFormats.all`.
package protocol TableFormat: Sendable {
  /// What `tacho export --NAME` calls it.
  static var name: String { get }
  static var summary: String { get }
  static func render(_ results: ResultSet, _ options: TableOptions) throws -> String
}

/// What a table may be told about where it will be shown.
package struct TableOptions: Sendable {
  /// Columns of the terminal; nil when the output is a file or a pipe.
  package var width: Int?

  package init(width: Int? = nil) {
    self.width = width
  }
}
