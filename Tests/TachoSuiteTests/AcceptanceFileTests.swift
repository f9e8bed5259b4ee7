// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import TachoSuite
import Testing

/// Acceptance files: what is read, what is refused, and how they are edited.
@Suite struct AcceptanceFileTests {
  private static let good = """
    # Why these are here.
    schema: 1
    accepted:
      - { point: "decode *", up_to: 1.06, expires: 2027-01-31, reason: "bounds are checked" }
      # The next one is for loads.
      - point: load
        metric: launches/per-step
        up_to: 50%
        expires: '2027-02-28'
        base: 3f2a9c1d
        reason: more launches
      - { point: gemv, up_to: 1.5, expires: 2027-03-01, reason: "a \\"quoted\\" word" }

    # The end.
    """

  private func message(_ text: String) -> String {
    do throws(SuiteError) {
      return "accepted: \(try AcceptanceFile(path: "s.accepted.yaml", text: text).entries.count)"
    } catch {
      return error.description
    }
  }

  @Test func theFileIsBesideItsSuite() {
    #expect(AcceptanceFile.path(besideSuite: "suites/gate.yaml") == "suites/gate.accepted.yaml")
    #expect(AcceptanceFile.path(besideSuite: "a.b.yml") == "a.b.accepted.yml")
    #expect(AcceptanceFile.path(besideSuite: "suite") == "suite.accepted.yaml")
  }

  @Test func entriesAreReadInEitherForm() throws {
    let file = try AcceptanceFile(path: "s.accepted.yaml", text: Self.good)
    let day = { (text: String) in try #require(CalendarDay(text)) }
    #expect(
      file.entries.map(\.acceptance) == [
        GateAcceptance(
          point: "decode *", upTo: 1.06, reason: "bounds are checked",
          expires: try day("2027-01-31")),
        GateAcceptance(
          point: "load", metric: "launches/per-step", upTo: 1.5, reason: "more launches",
          expires: try day("2027-02-28"), base: "3f2a9c1d"),
        GateAcceptance(
          point: "gemv", upTo: 1.5, reason: "a \"quoted\" word", expires: try day("2027-03-01")),
      ])
    #expect(file.entries.map(\.position.line) == [4, 6, 12])
    #expect(message("schema: 1\naccepted:\n") == "accepted: 0")
    #expect(message("schema: 1\naccepted: []\n") == "accepted: 0")
  }

  @Test func mistakesSayWhereAndHow() {
    func entry(_ members: String) -> String {
      message("schema: 1\naccepted:\n  - { \(members) }\n")
    }
    let rest = "up_to: 1.06, expires: 2027-01-31, reason: r"
    for (answer, expected) in [
      (
        message(""),
        "s.accepted.yaml:1:1: the file is empty; an acceptance file starts with 'schema: 1'"
      ),
      (
        message("accepted: []\n"),
        "s.accepted.yaml:1:1: the key 'schema' is missing; add 'schema: 1'"
      ),
      (
        message("schema: 2\naccepted: []\n"),
        "s.accepted.yaml:1:9: schema '2' is not known; this program reads schema 1"
      ),
      (
        message("schema: 1\n"),
        "s.accepted.yaml:1:1: the key 'accepted' is missing; add 'accepted:' with a list below it"
      ),
      (
        message("schema: 1\naccept: []\naccepted: []\n"),
        "s.accepted.yaml:2:1: unknown key 'accept' in an acceptance file; did you mean 'accepted'?;"
          + " keys here: schema, accepted"
      ),
      (
        message("- a\n"),
        "s.accepted.yaml:1:1: expected a mapping with schema, accepted; found a list"
      ),
      (
        message("schema: 1\naccepted: { decode: 1.06 }\n"),
        "s.accepted.yaml:2:11: 'accepted' must be a list of acceptances (start each with '- ');"
          + " found a mapping"
      ),
      (
        message("schema: 1\naccepted:\n  - decode\n"),
        "s.accepted.yaml:3:5: expected an acceptance such as { point: \"decode *\", up_to: 1.06,"
          + " reason: \"...\", expires: 2027-01-31 }; found 'decode'"
      ),
      (
        entry("point: a, upto: 1.06, expires: 2027-01-31, reason: r"),
        "s.accepted.yaml:3:5: the acceptance has no 'up_to'; add 'up_to: ' with a ratio such as 1.06"
          + " or a percentage such as 6%\n"
          + "s.accepted.yaml:3:17: unknown key 'upto' in an acceptance; did you mean 'up_to'?; keys"
          + " here: point, metric, up_to, reason, expires, base"
      ),
      (
        entry("point: a, up_to: 6, expires: 2027-01-31, reason: r"),
        "s.accepted.yaml:3:24: up_to: '6' is not a ratio above 1 and at most 3, such as 1.06, or a"
          + " percentage such as 6%"
      ),
      (
        entry("point: a, up_to: 0.94, expires: 2027-01-31, reason: r"),
        "s.accepted.yaml:3:24: up_to: '0.94' is not a ratio above 1 and at most 3, such as 1.06, or"
          + " a percentage such as 6%"
      ),
      (
        entry("point: a, up_to: six, expires: 2027-01-31, reason: r"),
        "s.accepted.yaml:3:24: up_to: 'six' is neither a ratio such as 1.06 nor a percentage such"
          + " as 6%"
      ),
      (
        entry("point: a, up_to: 1.06, expires: 2027-02-30, reason: r"),
        "s.accepted.yaml:3:39: expires: '2027-02-30' is not a day such as 2027-01-31"
      ),
      (
        entry("point: a, up_to: 1.06, expires: 2027-01-31, reason: '  '"),
        "s.accepted.yaml:3:59: expected the reason, found '  '"
      ),
      (
        entry("point: a, up_to: 1.06, expires: 2027-01-31, reason: \"a\\nb\""),
        "s.accepted.yaml:3:59: the reason is at most 500 characters on one line, not 'a b'"
      ),
      (
        message("schema: 1\naccepted:\n  - { point: a, \(rest) }\n  - { point: a, \(rest) }\n"),
        "s.accepted.yaml:4:14: 'a' is accepted already in line 3; keep one of the two"
      ),
    ] { #expect(answer == expected) }
  }

  @Test func ratiosAndPercentages() throws {
    #expect(try AcceptanceFile.ratio("1.06") == 1.06)
    #expect(try AcceptanceFile.ratio("6%") == 1.06)
    #expect(try AcceptanceFile.ratio("5.5%") == 1.055)
    #expect(try AcceptanceFile.ratio("200%") == 3)
    for text in ["1", "0%", "-6%", "3.01", "201%", "", "nan", "1.06x"] {
      #expect(throws: ValueError.self, "\(text)") { try AcceptanceFile.ratio(text) }
    }
  }

  @Test func addingKeepsTheRestOfTheText() throws {
    let added = GateAcceptance(
      point: "read \"x\\", metric: "a/b", upTo: 1.055, reason: "tabs, 'quotes' & # signs: {a}",
      expires: CalendarDay(number: 20_849), base: "main")
    let file = try AcceptanceFile(path: "s.accepted.yaml", text: Self.good)
    let text = try file.adding(added)
    let edited = try AcceptanceFile(path: "s.accepted.yaml", text: text)
    #expect(edited.entries.map(\.acceptance) == file.entries.map(\.acceptance) + [added])
    let line = "  " + AcceptanceFile.line(of: added)
    #expect(
      line.hasPrefix(
        "  - { point: \"read \\\"x\\\\\", metric: \"a/b\", up_to: 1.055, expires: 2027-01-31,"))
    #expect(text.replacing(line + "\n", with: "").dropLast() == Self.good)
    #expect(text.contains("a \\\"quoted\\\" word\" }\n\(line)\n\n# The end."))
    // And taken out again it is what it was.
    #expect(try edited.removing(3).dropLast() == Self.good)
    let new = AcceptanceFile.begun(with: added, suite: "s.yaml")
    let begun = try AcceptanceFile(path: "n", text: new)
    #expect(begun.entries.map(\.acceptance) == [added] && new.hasSuffix("}\n"))
  }

  @Test func removingKeepsTheRestOfTheText() throws {
    let file = try AcceptanceFile(path: "s.accepted.yaml", text: Self.good)
    for index in 0..<3 {
      let edited = try AcceptanceFile(path: "s.accepted.yaml", text: try file.removing(index))
      var left = file.entries.map(\.acceptance)
      left.remove(at: index)
      #expect(edited.entries.map(\.acceptance) == left)
      for comment in ["# Why these", "# The next one", "# The end."] {
        #expect(edited.text.contains(comment))
      }
    }
    // The last one leaves an empty list, to which one can be added.
    let one = try AcceptanceFile(
      path: "x", text: AcceptanceFile.begun(with: file.entries[0].acceptance, suite: "s.yaml"))
    let none = try AcceptanceFile(path: "x", text: try one.removing(0))
    #expect(none.entries.isEmpty)
    #expect(try none.adding(file.entries[0].acceptance) == one.text)
  }

  /// What cannot be edited by lines is left alone, with what to write.
  @Test(arguments: [
    "schema: 1\naccepted: [{ point: a, up_to: 2, expires: 2027-01-31, reason: r }]\n",
    "schema: 1\naccepted: []\n",
    "{ schema: 1, accepted: [{ point: a, up_to: 2, expires: 2027-01-31, reason: r }] }",
    "schema: 1\raccepted:\r  - { point: a, up_to: 2, expires: 2027-01-31, reason: r }\r",
  ])
  func otherFormsAreLeftToThePerson(_ text: String) throws {
    let file = try AcceptanceFile(path: "s.accepted.yaml", text: text)
    let other = GateAcceptance(
      point: "b", upTo: 1.5, reason: "r", expires: CalendarDay(number: 20_849))
    #expect {
      try file.adding(other)
    } throws: { error in
      "\(error)".contains("no line can be added to") && "\(error)".contains("- { point: \"b\"")
    }
    if !file.entries.isEmpty {
      #expect { try file.removing(0) } throws: { "\($0)".contains("delete it by hand") }
    }
  }

  @Test func linesEndAsTheyDid() throws {
    let text = Self.good.replacing("\n", with: "\r\n")
    let file = try AcceptanceFile(path: "s.accepted.yaml", text: text)
    let edited = try file.removing(1)
    #expect(edited.contains("# Why these are here.\r\nschema: 1\r\n") && !edited.contains("load\r"))
  }

  @Test func theReferenceHasTheKeys() throws {
    let gate = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent(
        "docs/gate.md")
    let text = try String(contentsOf: gate, encoding: .utf8)
    #expect(
      text.contains("\n\n" + AcceptanceFile.keys.markdownTable + "\n\n"),
      "put this into docs/gate.md:\n\(AcceptanceFile.keys.markdownTable)")
  }
}
