// SPDX-License-Identifier: Apache-2.0

/// Where a problem is: a file with line and column, a whole file, or a command line option.
package struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
  package var file: String
  /// Counted from 1; 0 when the problem is the whole file or not in a file.
  package var line: Int
  /// Counted from 1 in Unicode scalars.
  package var column: Int

  package init(file: String, line: Int = 0, column: Int = 0) {
    self.file = file
    self.line = line
    self.column = column
  }

  /// `file:line:column`, the form editors jump to.
  package var description: String {
    line > 0 ? "\(file):\(line):\(column)" : file
  }
}
