// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoReport

@Suite("Gate: JUnit")
struct GateJUnitTests {
  private func document(_ result: GateResult, _ context: GateContext = GateFixture.context) throws
    -> (ReportDocument, String)
  {
    let text = GateJUnit.render(result, context)
    let document = ReportDocument(text)
    #expect(document.problem == nil)
    return (document, text)
  }

  @Test("Every verdict becomes the state that CI systems know")
  func states() throws {
    let (page, text) = try document(GateFixture.every())
    let cases = page.all("testcase")
    // 12 members, 4 watchers, one difference of a series without a member.
    #expect(cases.count == 17)
    let failures = page.all("failure").compactMap { $0.attributes["type"] }
    #expect(failures == ["broken", "fail", "fail", "count", "different", "count"])
    #expect(page.all("error").compactMap { $0.attributes["type"] } == ["unmeasured"])
    #expect(page.all("skipped").count == 2)
    let suite = try #require(page.all("testsuite").first?.attributes)
    #expect(suite["tests"] == "17")
    #expect(suite["failures"] == "6")
    #expect(suite["errors"] == "1")
    #expect(suite["skipped"] == "2")
    #expect(suite["time"] == "510.500")
    #expect(suite["hostname"] == "bench-01")
    #expect(
      page.all("failure")[1].text.contains("kernels: matmul.gate_up +310 µs (+4.00% of the base)"))
    let first = try #require(cases.first { $0.attributes["time"] != nil })
    #expect(first.attributes["name"] == "decode q4_0 threads=1")
    #expect(first.attributes["classname"] == "gate.point")
    #expect(first.attributes["time"] == "12.500")
    #expect(cases.count { $0.attributes["time"] != nil } == 1)
    let properties = page.all("property").map { $0.attributes["name"] ?? "" }
    #expect(properties.contains("base.revision") && properties.contains("machine"))
    #expect(!properties.contains("candidate.revision"))
    #expect(text.contains("inconclusive +0.90%"))
  }

  @Test("An invalid job is an error, and so is a control that saw nothing")
  func invalid() throws {
    let (page, _) = try document(GateFixture.invalid())
    #expect(
      page.all("error").compactMap { $0.attributes["type"] } == ["control", "invalid", "invalid"])
    #expect(page.all("failure").isEmpty)
    #expect(page.all("testcase", class: nil).last?.attributes["classname"] == "gate.job")
    let (quiet, _) = try document(GateFixture.pass())
    #expect(quiet.all("error").isEmpty && quiet.all("failure").isEmpty)
    #expect(quiet.all("testcase").count == 9)
  }

  @Test("Hostile names stay text in well-formed XML")
  func hostile() throws {
    let (page, text) = try document(GateFixture.hostile())
    for scalar in text.unicodeScalars {
      let isAllowed =
        scalar == "\n" || scalar == "\t"
        || (scalar.value >= 0x20 && scalar.value != 0xFFFE && scalar.value != 0xFFFF)
      #expect(isAllowed, "U+\(String(scalar.value, radix: 16))")
    }
    let name = try #require(page.all("testcase").first?.attributes["name"])
    #expect(name.contains("<script>alert(\"x\")</script>'&amp; ]]>"))
    // Line breaks survive as they were; what XML cannot hold is gone.
    #expect(name.contains("\r\n::error::50%, a:b[31m😀 日本"))
    #expect(page.all("script").isEmpty)
  }

  @Test("Members of one name are told apart")
  func sameNames() throws {
    let pairs = (0..<3).map { index in
      (
        GateFixture.member("d\(index)", "same"),
        GateFixture.decision("d\(index)", .pass, shift: 0)
      )
    }
    let (page, _) = try document(GateFixture.result(pairs))
    #expect(page.all("testcase").map { $0.attributes["name"] } == ["same", "same #2", "same #3"])
  }

  @Test("Random text is always well-formed", arguments: 0..<20)
  func random(_ seed: UInt64) throws {
    var dice = Dice(seed: seed)
    let name = String(
      String.UnicodeScalarView(
        (0..<200).compactMap { _ in
          let range: ClosedRange<UInt32> = Bool.random(using: &dice) ? 0...0x7F : 0...0x10FFFF
          return Unicode.Scalar(UInt32.random(in: range, using: &dice))
        }))
    let (page, _) = try document(GateFixture.every { _ in name })
    #expect(page.all("testcase").count == 17, "seed \(seed)")
  }

  @Test("Times that are no times are left out")
  func times() throws {
    #expect(GateJUnit.seconds(from: "2026-03-01T10:00:00Z", to: "2026-03-01T10:00:01.5Z") == 1.5)
    #expect(GateJUnit.seconds(from: "2026-03-01T10:00:00Z", to: "2026-03-01T09:00:00Z") == nil)
    #expect(GateJUnit.seconds(from: "yesterday", to: "2026-03-01T10:00:00Z") == nil)
    var result = GateFixture.pass()
    result.startedAt = GateFixture.evil
    let (page, _) = try document(result, GateContext())
    #expect(page.all("testsuite").first?.attributes["time"] == nil)
  }
}
