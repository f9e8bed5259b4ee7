// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoReport

@Suite("Gate: pull-request comment")
struct GateMarkdownTests {
  @Test("Outcome, failures, causes, builds and how to repeat it")
  func content() {
    let text = GateMarkdown.render(GateFixture.every(), GateFixture.context)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines[0] == GateMarkdown.marker)
    #expect(lines[1] == "## Tacho gate: FAIL")
    #expect(lines[3].hasPrefix("2 members are slower than tolerated"))
    #expect(
      text.contains(
        "| <code>decode q4\\_0 threads=1</code> | **FAIL** | +4.12% | [+3.70%, +4.62%] | 26 | "
          + "10.6 of 10.3 |"))
    #expect(text.contains("<summary>Why <code>decode q4_0 threads=1</code>: FAIL</summary>"))
    #expect(text.contains("- kernels: matmul.gate\\_up +310 µs (+4.00% of the base)"))
    #expect(text.contains("<summary>6 other members</summary>"))
    #expect(text.contains("machine: bench-01: Example CPU 9000 (bench-01), 16 cores"))
    #expect(text.contains("revision <code>3f2a9c1d8e77aabbccdd</code>"))
    #expect(text.contains("```sh\ntacho gate --base main...HEAD --candidate worktree"))
    #expect(text.contains("not protected: "))
    #expect(lines.count { $0.contains("<details>") } == lines.count { $0 == "</details>" })
    // Every row of a table has as many cells as its head.
    for line in lines where line.hasPrefix("| ") {
      #expect(line.replacing("\\|", with: "").count { $0 == "|" } == 8, "\(line)")
    }
  }

  @Test("Hostile names begin no cell, tag, emphasis, mention or reference")
  func hostile() {
    let text = GateMarkdown.render(GateFixture.hostile(), GateFixture.context)
    #expect(!text.contains("<script"))
    #expect(!text.contains("@admin"))
    #expect(!text.contains("#12"))
    let tags = text.split(separator: "<").dropFirst().map { $0.prefix { $0 != ">" && $0 != " " } }
    let known = [
      "!--", "details", "/details", "summary", "/summary", "code", "/code", "sub", "/sub",
    ]
    #expect(Set(tags.map(String.init)).isSubset(of: known))
    for line in text.split(separator: "\n") where line.hasPrefix("| ") {
      let plain = line.replacing("\\\\", with: "").replacing("\\|", with: "")
      #expect(plain.count { $0 == "|" } == 8, "\(line)")
      #expect(!plain.replacing("\\`", with: "").contains("`"), "\(line)")
      #expect(!plain.replacing("\\*", with: "").replacing("**", with: "").contains("*"))
    }
    #expect(GateMarkdown.name("a|b`c<d") == "<code>a\\|b\\`c&lt;d</code>")
  }

  @Test("A command's backticks do not end its block")
  func fence() {
    #expect(GateMarkdown.fence(for: "a `b` c") == "```")
    #expect(GateMarkdown.fence(for: "a ````b c") == "`````")
  }

  @Test("More than a comment holds is cut and counted", arguments: [30, 400, 3_000])
  func size(_ count: Int) throws {
    let result = GateFixture.huge(count)
    let text = GateMarkdown.render(result, GateFixture.context)
    #expect(text.utf8.count <= GateMarkdown.limit)
    #expect(text.unicodeScalars.count < 65_536)
    #expect(text.contains("```sh\ntacho gate"))
    #expect(text.contains("not protected"))
    #expect(text.contains("left out: a comment holds no more."))
    let failed = result.decisions.count { $0.verdict == .fail && $0.memberID.hasPrefix("h") }
    let shown = text.split(separator: "\n").count { $0.hasPrefix("|") && $0.contains("**FAIL**") }
    #expect(shown >= min(failed, 21))
    if shown < failed {
      #expect(text.contains("\n\(failed - shown) of \(failed) left out: a comment holds no more."))
    }
    // Scalars that would be thousands to one character.
    let zalgo = "a" + String(repeating: "\u{301}", count: 100_000)
    var strange = result
    strange.record.members[0].name = zalgo
    strange.startedAt = zalgo
    strange.record.base.reference = zalgo
    #expect(
      GateMarkdown.render(strange, GateContext(command: zalgo)).utf8.count <= GateMarkdown.limit)
  }

  @Test("A cut happens at a row, and what is before it stays")
  func bounded() {
    var body = BoundedMarkdown(limit: 1_000)
    body.addRows((0..<200).map { "row \($0)\n" }, before: "head\n", after: "end\n", share: 1)
    #expect(body.text.utf8.count <= 1_000)
    #expect(body.text.hasPrefix("head\nrow 0\n"))
    #expect(body.text.hasSuffix("end\n"))
    let rows = body.text.split(separator: "\n").count { $0.hasPrefix("row") }
    #expect(rows > 50 && rows < 200)
    #expect(body.text.contains("\(200 - rows) of 200 left out"))
    var none = BoundedMarkdown(limit: 1_000)
    none.addRows([], before: "head", share: 1)
    #expect(none.text.isEmpty)
    none.addRows([String(repeating: "x", count: 2_000)], before: "head", share: 1)
    #expect(none.text == "\n1 of 1 left out: a comment holds no more.\n")
  }
}
