// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoReport

@Suite("Gate: annotations")
struct GateAnnotationsTests {
  private func lines(_ result: GateResult, _ context: GateContext = GateFixture.context) -> [String]
  {
    GateAnnotations.render(result, context).split(separator: "\n").map(String.init)
  }

  @Test("Escapes are those that workflow commands have")
  func escaping() {
    #expect(GateAnnotations.data("50%\r\na:b,c") == "50%25%0D%0Aa:b,c")
    #expect(GateAnnotations.property("50%\r\na:b,c") == "50%25%0D%0Aa%3Ab%2Cc")
    #expect(GateAnnotations.data("a\u{1B}[31mb\u{0}") == "a [31mb ")
    // A line break and what follows it are one character to Swift, two to GitHub.
    #expect(GateAnnotations.data("\r\n") == "%0D%0A")
  }

  @Test("Failures are errors, the undecided one warning, the verdict a notice")
  func kinds() {
    let all = lines(GateFixture.every())
    let kinds = all.map { String($0.dropFirst(2).prefix { $0 != " " }) }
    #expect(
      kinds == Array(repeating: "error", count: 6) + ["warning", "notice", "notice"])
    #expect(
      all[1].hasPrefix(
        "::error file=suites/gate.yaml,line=1,title=Slower than tolerated%3A decode q4_0 threads=1::"
          + "decode q4_0 threads=1: reason of fail. Shift +4.12%25 [+3.70%25, +4.62%25] after 26 "
          + "launch pairs. It repeats in a build of another layout"))
    #expect(all.last?.contains("title=Tacho gate%3A FAIL::") == true)
    #expect(lines(GateFixture.pass()).count == 1)
    #expect(lines(GateFixture.pass())[0].contains("::notice "))
    #expect(lines(GateFixture.every(), GateContext())[0].hasPrefix("::error title="))
  }

  @Test("Of more than ten errors the tenth says how many there are", arguments: [12, 15, 60])
  func limit(_ count: Int) {
    let result = GateFixture.huge(count)
    let failed = result.judged.count { $0.decision.verdict == .fail }
    let errors = lines(result).filter { $0.hasPrefix("::error ") }
    #expect(errors.count == min(failed, GateAnnotations.errorLimit))
    if failed > 10 {
      #expect(errors.last?.contains("title=Tacho gate%3A \(failed - 9) more::") == true)
    } else {
      #expect(errors.last?.contains("more::") == false)
    }
  }

  @Test("Hostile names begin no command")
  func hostile() {
    for line in lines(GateFixture.hostile()) {
      #expect(
        line.hasPrefix("::error ") || line.hasPrefix("::warning ") || line.hasPrefix("::notice "))
      #expect(!line.unicodeScalars.contains { $0.value < 32 })
      let parts = line.dropFirst(2).split(separator: "::", maxSplits: 1).map(String.init)
      #expect(parts.count == 2)
      let properties = parts[0].drop { $0 != " " }.dropFirst().split(separator: ",")
      #expect(properties.map { $0.prefix { $0 != "=" } } == ["file", "line", "title"])
    }
  }
}
