// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// The slowdowns that reviews accepted, in a file beside their suite: `gate.accepted.yaml` beside
/// `gate.yaml`.
///
/// It is the only source of acceptances: what is not in the tree that is judged is not accepted.
package struct AcceptanceFile: Sendable {
  /// One acceptance and where it stands.
  package struct Entry: Sendable {
    package var acceptance: GateAcceptance
    /// Of the entry itself.
    package var position: SourcePosition
    /// Of its pattern and of its day, for complaints about them.
    package var pointPosition: SourcePosition
    package var expiresPosition: SourcePosition
  }

  package static let keys = SuiteSection(
    title: "acceptance",
    keys: [
      SuiteKey(
        "point", "pattern", "Points by `benchmark label`; `*` is any text, `?` any character."),
      SuiteKey("metric", "name", "One of `metrics` or `exact`; the time when missing."),
      SuiteKey("up_to", "`1.06` or `6%`", "The ratio to the base up to which it is accepted."),
      SuiteKey("reason", "text", "Why, for who reads the report."),
      SuiteKey("expires", "`2027-01-31`", "The last day on which it holds, in UTC."),
      SuiteKey("base", "revision", "What it was accepted against; for who reads it."),
    ])

  package static let file = SuiteSection(
    title: "acceptance file",
    keys: [
      SuiteKey("schema", "`1`", "Version of the language. Required."),
      SuiteKey("accepted", "list of acceptances", "One for each pattern and quantity."),
    ])

  /// Entries of one file.
  static let maxEntries = 1000

  package let path: String
  package let text: String
  package let entries: [Entry]

  /// Where a suite's acceptances are.
  package static func path(besideSuite suite: String) -> String {
    for ending in [".yaml", ".yml"] where suite.hasSuffix(ending) {
      return suite.dropLast(ending.count) + ".accepted" + ending
    }
    return suite + ".accepted.yaml"
  }

  /// The file on disk; nil where there is none.
  package static func read(path: String) throws(SuiteError) -> AcceptanceFile? {
    guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
    let text = try SuiteText(path: path, noun: "suite's acceptances").text
    return try AcceptanceFile(path: path, text: text)
  }

  /// A file that is at hand as text; `path` is what messages call it.
  package init(path: String, text: String) throws(SuiteError) {
    guard text.utf8.count <= SuiteText.maxBytes else {
      throw SuiteError(
        SourcePosition(file: path),
        "is larger than \(SuiteText.maxBytes) bytes; is it an acceptance file?")
    }
    let log = ProblemLog()
    var yaml = YAMLReader(file: path, text: text, noun: "an acceptance file")
    let root = try yaml.read()
    let entries = AcceptanceReader(log: log).read(root)
    try log.throwIfAny()
    self.path = path
    self.text = text
    self.entries = entries
  }

  /// `1.06` or `6%` as a ratio to the base.
  package static func ratio(_ text: String) throws(ValueError) -> Double {
    guard let value = QuantityText.percent(text).map({ 1 + $0 }) ?? QuantityText.double(text) else {
      throw ValueError(
        "\(quoted(text)) is neither a ratio such as 1.06 nor a percentage such as 6%")
    }
    // A 6 that means 6% would accept six times the time.
    guard value > 1, value <= maxRatio else {
      throw ValueError(
        "\(quoted(text)) is not a ratio above 1 and at most \(Int(maxRatio)), such as 1.06, or a"
          + " percentage such as 6%")
    }
    return (value * 1e9).rounded() / 1e9
  }

  private static let maxRatio = 3.0
}
