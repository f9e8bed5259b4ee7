// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

@testable import TachoReport

@Suite("Numbers and units")
struct FigureTests {
  @Test("Digits follow the uncertainty")
  func digits() {
    #expect(Figure.text(36.8724, uncertainty: 0.213) == "36.87")
    #expect(Figure.text(36.8724, uncertainty: 4.1) == "36.9")
    #expect(Figure.text(36.8724, uncertainty: 1e-9) == "36.8724")
    #expect(Figure.text(36.8724) == "36.87")
    #expect(Figure.text(1234567, uncertainty: 900) == "1\u{202F}234\u{202F}567")
    #expect(Figure.text(-12345.5, decimals: 1) == "-12\u{202F}345.5")
    #expect(Figure.text(0) == "0")
    #expect(Figure.text(.nan) == "not finite")
    #expect(Figure.text(.infinity, uncertainty: .nan) == "not finite")
    #expect(Figure.text(1e200, uncertainty: 1e-300) == "1.000e+200")
    #expect(Figure.text(2.04e-7) == "2.0e-07")
    #expect(Figure.text(-2.04e-7, uncertainty: 1e-8) == "-2.0e-07")
    #expect(Figure.text(0.00012) == "0.0001200")
    #expect(Figure.plain(1234567, decimals: 1) == "1234567.0")
    #expect(
      Figure.text(.leastNonzeroMagnitude, uncertainty: .leastNonzeroMagnitude) == "4.9e-324")
  }

  @Test("Units take the multiple that reads well")
  func units() {
    #expect(UnitScale.best(for: .seconds, magnitude: 0.0021).symbol == "ms")
    #expect(UnitScale.best(for: .seconds, magnitude: 3e-12).symbol == "ns")
    #expect(UnitScale.best(for: .bytesPerSecond, magnitude: 2.2e10).symbol == "GB/s")
    #expect(UnitScale.best(for: .bytes, magnitude: 1024).symbol == "KiB")
    #expect(UnitScale.best(for: .flopsPerSecond, values: [1e9, 4e9, 9e12]).symbol == "GFLOP/s")
    #expect(UnitScale.best(for: .tokensPerSecond, magnitude: 1e6).factor == 1)
    #expect(UnitScale.best(for: .count, values: [.nan, .infinity]).factor == 1)
    #expect(UnitScale.best(for: .seconds, magnitude: .nan).factor > 0)
  }

  @Test("Ratios and percentages")
  func ratios() {
    #expect(Figure.ratio(3.21) == "3.2×")
    #expect(Figure.ratio(17.4) == "17×")
    #expect(Figure.ratio(1.123) == "12\u{202F}%")
    #expect(Figure.percent(0.0123) == "1.2\u{202F}%")
    #expect(Figure.percent(0.0004) == "0.04\u{202F}%")
    #expect(Figure.percent(.nan) == "not finite")
  }

  @Test("Pixels keep a tenth and their sign")
  func pixels() {
    #expect(Figure.pixel(12.04) == "12")
    #expect(Figure.pixel(-0.46) == "-0.5")
    #expect(Figure.pixel(.nan) == "0")
    #expect(Figure.pixel(1e300) == "0")
  }

  @Test("Long names are cut in their middle to the width they have")
  func fitted() {
    let name = "Meta-Llama-3.1-8B-Instruct-Q4_K_M-with-imatrix"
    let cut = TextWidth.fitted(name, to: 120)
    #expect(TextWidth.estimate(cut) <= 120)
    #expect(cut.hasPrefix("Meta") && cut.hasSuffix("rix") && cut.contains("…"))
    #expect(TextWidth.fitted("q4_0", to: 120) == "q4_0")
    #expect(TextWidth.fitted(String(repeating: "x", count: 100_000), to: 50).count < 20)
  }
}
