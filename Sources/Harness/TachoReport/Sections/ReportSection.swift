// SPDX-License-Identifier: Apache-2.0

/// One part of the HTML report.
///
/// To add a section: one file in `Sections/` with a type that conforms to this protocol, and one line
/// in `Sections.all`. Its title goes into the table of contents.
package protocol ReportSection: Sendable {
  static var title: String { get }
  /// The section's content below its heading; nil when the results hold nothing for it.
  static func render(_ context: ReportContext) -> HTML?
}
