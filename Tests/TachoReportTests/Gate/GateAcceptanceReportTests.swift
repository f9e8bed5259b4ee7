// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoReport

/// Accepted slowdowns in every format: what, up to where, until when, why, and whether it was needed.
@Suite("Gate: acceptances")
struct GateAcceptanceReportTests {
  private static func acceptance(
    _ point: String, _ upTo: Double, metric: String? = nil, reason: String, days: Int = 70
  ) -> GateAcceptance {
    GateAcceptance(
      point: point, metric: metric, upTo: upTo, reason: reason,
      expires: CalendarDay(number: 20_779 + days))
  }

  /// p9 is slower and accepted, p3 is accepted and not slower, the third is in the base, the fourth
  /// covers what was not measured, the fifth is of a count that grew.
  static func result(
    isApplied: Bool = true, baseUnknown: String? = nil, release: String? = nil,
    _ decorate: (String) -> String = { $0 }
  ) -> GateResult {
    var result = GateFixture.every(decorate)
    let old = acceptance("serve*", 1.1, reason: decorate("long ago"))
    var acceptances = GateAcceptances(
      path: "suites/gate.accepted.yaml", text: "all of the file",
      found: [
        (acceptance("slow*", 1.06, reason: decorate("checks added, see the change")), 4),
        (acceptance("prefill q4_0", 1.04, reason: decorate("thought it was"), days: 0), 5),
        (old, 6), (acceptance("load smol", 1.2, reason: decorate("never ran")), 7),
        (
          acceptance(
            "allocations", 1.5, metric: "memory/allocations", reason: decorate("one more")), 8
        ),
      ], inBase: baseUnknown == nil ? [old] : nil, today: CalendarDay(number: 20_779),
      isApplied: isApplied, baseUnknown: baseUnknown)
    acceptances.entries[0].members = ["p9": .points]
    acceptances.entries[0].leftOutOf = ["all points"]
    acceptances.entries[1].members = ["p3": .points]
    acceptances.entries[2].members = ["p7": .points]
    acceptances.entries[3].members = ["p6": .points]
    acceptances.entries[4].counts = ["s-p8": 0]
    result.record.acceptances = acceptances
    result.record.release = release
    return result
  }

  @Test("What each is good for is told in the order of the file")
  func rows() {
    let rows = GateSummary(Self.result()).acceptances
    #expect(rows.map(\.need) == [.needed, .unneeded, .inBase, .unknown, .needed])
    #expect(
      rows[0].title
        == "slow*: up to 6% until 2027-01-31 (70 days left), new in this change: checks added, see "
        + "the change")
    #expect(rows[1].title.contains("until 2026-11-22 (the last day)"))
    #expect(
      rows[1].status == "not needed: all that it covers is within the suite's own margins; remove "
        + "it: tacho accept --remove 'prefill q4_0'")
    #expect(rows[2].status.hasPrefix("without effect: the base has the line already"))
    #expect(!rows[2].title.contains("new in this change"))
    #expect(rows[3].status.contains("unavailable, because too little of what it covers"))
    #expect(rows[4].name == "allocations, memory/allocations")
    #expect(GateSummary(GateFixture.every()).acceptances.isEmpty)
  }

  @Test("The terminal names the member with its acceptance, and lines that can go")
  func terminal() {
    let flat = GateTable.render(Self.result(), GateContext(width: 110))
      .split { $0 == "\n" || $0 == " " }.joined(separator: " ")
    for part in [
      "accepted: slow on purpose up to 6% until 2027-01-31 (70 days left): checks added, see the change",
      "acceptance prefill q4_0: up to 4% until 2026-11-22 (the last day), new in this change: thought",
      "not needed: all that it covers is within the suite's own margins",
      "acceptance serve*: up to 10%", "without effect: the base has the line already",
      "groups are judged without accepted points: all points without slow*",
    ] { #expect(flat.contains(part), "\(part)\n\(flat)") }
    let creep = GateTable.render(
      Self.result(isApplied: false, release: "v0.4.0"), GateContext(width: 400))
    #expect(
      creep.contains(
        "compared with the last release, v0.4.0, where slips that were each tolerated add up; what "
          + "was accepted since moves no margin here"))
    let unknown = GateTable.render(
      Self.result(baseUnknown: "the base is a program"), GateContext(width: 400))
    #expect(
      unknown.contains(
        "which acceptances are new in this change is unavailable, because the base is a program"))
  }

  @Test("The comment lists every acceptance")
  func markdown() {
    let text = GateMarkdown.render(Self.result(release: "v0.4.0"), GateFixture.context)
    #expect(text.contains("pass; accepted up to 6% until 2027-01-31 (70 days left): checks added"))
    #expect(text.contains("- **acceptance** prefill q4\\_0: up to 4%"))
    #expect(text.contains("- acceptance slow\\*: up to 6%"))
    #expect(text.contains("compared with the last release, v0.4.0"))
    #expect(GateMarkdown.render(GateFixture.huge(400), GateFixture.context).utf8.count < 65_536)
  }

  @Test("JUnit has a case for each, skipped where it is not needed")
  func junit() throws {
    let page = ReportDocument(GateJUnit.render(Self.result(release: "v0.4.0"), GateFixture.context))
    #expect(page.problem == nil)
    let cases = page.all("testcase").filter { $0.attributes["classname"] == "gate.acceptance" }
    #expect(
      cases.map { $0.attributes["name"] } == [
        "slow*", "prefill q4_0", "serve*", "load smol", "allocations, memory/allocations",
      ])
    let suite = try #require(page.all("testsuite").first?.attributes)
    #expect(suite["tests"] == "22" && suite["failures"] == "6" && suite["skipped"] == "5")
    let properties = page.all("property").map { $0.attributes["name"] ?? "" }
    #expect(properties.contains("accepted slow*") && properties.contains("release"))
  }

  @Test("Code scanning and annotations warn of what is not needed, and note what is spent")
  func findings() throws {
    let result = Self.result()
    let findings = GateFinding.all(in: GateSummary(result))
    #expect(
      findings.filter { $0.rule == .unneededAcceptance }.map(\.name) == ["prefill q4_0"])
    #expect(findings.filter { $0.rule == .spentAcceptance }.map(\.name) == ["serve*"])
    #expect(
      findings.filter { $0.level == .error }.count
        == GateFinding.all(in: GateSummary(GateFixture.every())).filter { $0.level == .error }.count
    )
    let sarif = try GateSARIF.render(result, GateFixture.context)
    #expect(sarif.contains("\"unneeded-acceptance\"") && sarif.contains("\"acceptances\""))
    let lines = GateAnnotations.render(result, GateFixture.context).split(separator: "\n")
    #expect(
      lines.contains {
        $0.hasPrefix("::warning ") && $0.contains("1 acceptance not needed")
          && $0.contains("tacho accept --remove 'prefill q4_0'")
      })
    #expect(
      lines.contains { $0.hasPrefix("::notice ") && $0.contains("1 acceptance without effect") })
    // What is not decided is counted as before.
    #expect(lines.contains { $0.contains("title=Tacho gate%3A 2 not decided::") })
  }

  @Test("JSON holds the file and reads back the same")
  func json() throws {
    for result in [Self.result(), Self.result(baseUnknown: "x", release: "v1.0.0")] {
      let text = try GateJSON.render(result, GateFixture.context)
      #expect(try GateJSON.document(text).result == result)
      #expect(text.contains("\"all of the file\"") && text.contains("\"expires\" : \"2027-01-31\""))
    }
    let root = try #require(
      JSONSerialization.jsonObject(
        with: Data(try GateJSON.render(Self.result(), GateContext()).utf8)) as? [String: Any])
    let record = try #require((root["result"] as? [String: Any])?["record"] as? [String: Any])
    let acceptances = try #require(record["acceptances"] as? [String: Any])
    #expect(Set(acceptances.keys) == ["path", "text", "is_applied", "entries"])
    let entry = try #require((acceptances["entries"] as? [[String: Any]])?.first)
    #expect(
      Set(entry.keys) == [
        "acceptance", "line", "days_left", "is_new", "members", "counts", "left_out_of",
      ])
    let acceptance = try #require(entry["acceptance"] as? [String: Any])
    #expect(Set(acceptance.keys) == ["point", "up_to", "reason", "expires"])
  }

  @Test("The HTML report shows them, and hostile reasons as text")
  func html() {
    for result in [
      Self.result(release: "v0.4.0"), Self.result { $0 + GateFixture.evil },
    ] {
      let text = HTMLReport(results: ResultSet(sweeps: []), title: "t", gates: [result]).render()
      let page = ReportDocument(text)
      #expect(page.problem == nil)
      let list = page.all("ul", class: "acceptances")
      #expect(list.count == 1 && list.first?.text.contains("not needed") == true)
      #expect(page.all("table", class: "points")[1].text.contains("accepted up to 6%"))
      #expect(page.all("script").allSatisfy { !$0.text.contains("alert(\"x\")") })
      for format in GateFormats.all {
        #expect(throws: Never.self) { try format.render(result, GateFixture.context) }
      }
    }
  }
}
