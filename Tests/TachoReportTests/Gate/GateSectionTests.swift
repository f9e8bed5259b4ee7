// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoReport

@Suite("Gate: section of the report")
struct GateSectionTests {
  private func page(_ gates: [GateResult]) -> ReportDocument {
    let document = ReportDocument(
      HTMLReport(results: ResultSet(sweeps: []), title: "t", gates: gates).render())
    #expect(document.problem == nil)
    return document
  }

  @Test("Without a gate there is no section, with one its verdict leads")
  func presence() {
    #expect(!page([]).all("h2").contains { $0.text == "Gate" })
    let document = page([GateFixture.every()])
    #expect(document.all("h2").contains { $0.text == "Gate" })
    #expect(document.all("p", class: "v-fail").first?.text.hasPrefix("FAIL: 2 members") == true)
    #expect(page([GateFixture.pass()]).all("p", class: "v-pass").count == 1)
    #expect(page([GateFixture.inconclusive()]).all("p", class: "v-open").count == 1)
    #expect(page([GateFixture.invalid()]).all("ul", class: "failures").count == 1)
    #expect(page([GateFixture.pass(), GateFixture.every()]).all("p", class: "lead").count == 3)
  }

  @Test("Every member with a shift is in a picture, every member in the table")
  func members() {
    let result = GateFixture.every()
    let document = page([result])
    // Points of the suite's margins, one with margins of its own, the group, the tail, watchers.
    #expect(document.all("svg", class: "forest").count == 5)
    let shifted = result.decisions.count { $0.shift != nil }
    #expect(document.all("g", class: "point").count == shifted)
    let tables = document.all("table", class: "points")
    #expect(tables.count == 2)
    for member in result.record.members { #expect(tables[1].text.contains(member.name)) }
    #expect(tables[0].text.contains("memory/allocations"))
    #expect(document.all("ul", class: "why").first?.text.contains("4.1% more instructions") == true)
    let legend = document.all("ul", class: "legend").first?.text ?? ""
    for word in ["fail", "layout", "inconclusive", "pass", "control, detected", "sentinel, quiet"] {
      #expect(legend.contains(word), "\(word)")
    }
  }

  @Test("No two verdicts share shape and filling")
  func marks() {
    let verdicts: [GateVerdict] = [.pass, .fail, .inconclusive, .layout, .different, .skipped]
    let marks = verdicts.map { verdict in
      GateSection.mark(
        of: GateRow(
          member: GateFixture.member("m", "m"),
          decision: GateFixture.decision("m", verdict, shift: 0.01), confirmation: nil,
          confirmedIn: nil, cause: nil,
          differences: []))
    }
    #expect(Set(marks.map { "\($0.style) \($0.isOpen)" }).count == marks.count)
    #expect(Set(marks.map(\.style)).count == marks.count)
  }

  @Test("Sorted by shift; one far away does not press the others together")
  func order() {
    var pairs = GateFixture.passes(20)
    pairs[3].1 = GateFixture.decision("q3", .fail, shift: 4)
    let document = page([GateFixture.result(pairs)])
    let labels = document.all("g", class: "point").map { $0.attributes["role"] }
    #expect(labels.count == 20)
    let titles = document.all("title").map(\.text).filter { $0.hasPrefix("gemv") }
    let shifts = pairs.sorted { ($0.1.shift ?? 0) > ($1.1.shift ?? 0) }.map(\.0.name)
    #expect(titles.map { String($0.prefix { $0 != ":" }) } == shifts)
    // Ticks end near what the others need, not at 400%.
    let ticks = document.all("text").compactMap { Double($0.text.replacing("+", with: "")) }
    #expect((ticks.max() ?? 0) <= 12)
    #expect((ticks.max() ?? 0) >= 4)
  }

  @Test("Of many members the passes nearest to zero are only in the table")
  func many() {
    let document = page([GateFixture.result(GateFixture.passes(400))])
    #expect(document.all("g", class: "point").count == GateSection.plotted)
    #expect(document.all("figcaption").first?.text.contains("250 of 400") == true)
    #expect(document.all("td", class: "reason").count == 400)
  }

  @Test("Hostile names stay text; odd numbers are not drawn")
  func hostile() {
    var result = GateFixture.hostile()
    result.decisions[0].low = -.infinity
    result.decisions[3].shift = .nan
    result.decisions[8].high = 1e6
    result.decisions[9].shift = 1e9
    let document = page([result])
    #expect(document.all("script").count == 1)
    for path in document.all("path").compactMap({ $0.attributes["d"] }) {
      #expect(!path.contains("nan") && !path.contains("inf"))
    }
  }
}
