// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoSuite
import Testing

@Suite struct AxisExpansionTests {
  private static let count = Knob("n", .int(-10...1_000_000), default: 0, "")
  private static let real = Knob("x", .double(0...100), default: 0.0, "")
  private static let choice = Knob("c", .choice(["on", "off", "q4_0"]), default: "on", "")

  @Test(arguments: [
    ("7", [7]), ("-3", [-3]), ("+3", [3]), ("1,2", [1, 2]), ("1, 2 ,4", [1, 2, 4]),
    ("1..4", [1, 2, 3, 4]), ("-2..1", [-2, -1, 0, 1]), ("1-8", [1, 2, 3, 4, 5, 6, 7, 8]),
    ("1-8*2", [1, 2, 4, 8]), ("1-9*2", [1, 2, 4, 8]), ("0-4096+1024", [0, 1024, 2048, 3072, 4096]),
    ("128-512+128", [128, 256, 384, 512]), ("pow2(1..8)", [1, 2, 4, 8]),
    ("pow2(3..20)", [4, 8, 16]), ("range(0..9, step 4)", [0, 4, 8]),
    ("range( 1 .. 64 , factor 4 )", [1, 4, 16, 64]), ("range(2..4)", [2, 3, 4]),
    ("range(1..4, step 3),9,pow2(16..32)", [1, 4, 9, 16, 32]), ("-3--1", [-3, -2, -1]),
  ])
  func wholeNumbers(_ text: String, _ expected: [Int]) throws {
    #expect(try AxisExpansion.values(of: text, for: Self.count) == expected.map { .int($0) })
  }

  @Test(arguments: [
    ("0.5", [0.5]), ("1e1", [10]), ("range(0..1, step 0.1)", (0...10).map { Double($0) / 10 }),
    ("range(0.1..10, factor 10)", [0.1, 1, 10]), ("0,0.7", [0, 0.7]),
  ])
  func realNumbers(_ text: String, _ expected: [Double]) throws {
    #expect(try AxisExpansion.values(of: text, for: Self.real) == expected.map { .double($0) })
  }

  @Test func choicesSplitAtCommasAndTextDoesNot() throws {
    #expect(try AxisExpansion.values(of: "off,q4_0", for: Self.choice) == ["off", "q4_0"])
    let text = Knob("t", .text, default: "", "")
    #expect(try AxisExpansion.values(of: "Hello, 1..8 (x", for: text) == ["Hello, 1..8 (x"])
  }

  @Test(arguments: [
    ("8..1", "n: '8..1' runs backwards; write the smaller number first"),
    ("0-8*2", "n: '0-8*2' must start at 1 or more to grow by a factor"),
    ("1-8*1", "n: the factor of '1-8*1' must be at least 2"),
    ("1-8+0", "n: the step of '1-8+0' must be at least 1"),
    ("range(1..8, step -1)", "n: the step of 'range(1..8, step -1)' must be at least 1"),
    ("pow2(5..7)", "n: 'pow2(5..7)' holds no power of two"),
    (
      "0..1000000000000",
      "n: '0..1000000000000' has 1000000000001 values; at most 100000 are allowed"
    ),
    (
      "-9223372036854775808..9223372036854775807",
      "n: '-9223372036854775808..9223372036854775807' has 1.8446744073709552e+19 values;"
        + " at most 100000 are allowed"
    ),
    ("0..2000000", "n: '0..2000000' has 2000001 values; at most 100000 are allowed"),
    (
      "999999..1000001",
      "n: 1000001 in '999999..1000001' is out of range;"
        + " expected a whole number from -10 to 1000000"
    ),
    ("1,,2", "n: a value is missing in '1,,2'"),
    ("a..b", "n: the ends of 'a..b' are not whole numbers"),
    (
      "pow(1..8)",
      "n: 'pow(1..8)' is not a range; did you mean 'pow2'?; expected pow2(1..8),"
        + " range(0..64, step 8) or range(1..64, factor 2)"
    ),
    ("range(1..8", "'range(1..8' has unbalanced parentheses; inside [ ] or { } put it in quotes"),
    ("1_000", "n: '1_000' is not a whole number from -10 to 1000000"),
    ("0x10", "n: '0x10' is not a whole number from -10 to 1000000"),
    ("99999999999999999999", "n: '99999999999999999999' is not a whole number from -10 to 1000000"),
  ])
  func wrongRangesSayWhy(_ text: String, _ message: String) {
    do throws(ValueError) {
      let values = try AxisExpansion.values(of: text, for: Self.count)
      Issue.record("\(text) became \(values.prefix(5))")
    } catch {
      #expect(error.description == message)
    }
  }

  @Test(arguments: [
    "0..1", "range(0..1)", "range(0..1, step 0)", "range(0..1, factor 2)", "range(0..1, step 1e-9)",
    "nan", "inf", "0x1p3", "range(1..0, step 1)", "range(1..1e300, factor 1.0000001)", "101",
  ])
  func wrongRealsAreErrors(_ text: String) {
    #expect(throws: ValueError.self) { try AxisExpansion.values(of: text, for: Self.real) }
  }

  @Test func theLastIntegersDoNotOverflow() throws {
    let knob = Knob("n", .int(Int.min...Int.max), default: 0, "")
    let last = Int.max
    #expect(
      try AxisExpansion.values(of: "\(last - 2)..\(last)", for: knob)
        == [.int(last - 2), .int(last - 1), .int(last)])
    #expect(
      try AxisExpansion.values(of: "range(\(last - 5)..\(last), step 4)", for: knob)
        == [.int(last - 5), .int(last - 1)])
    #expect(
      try AxisExpansion.values(of: "range(1..\(last), factor \(last))", for: knob)
        == [1, .int(last)])
    #expect(try AxisExpansion.values(of: "pow2(0..\(last))", for: knob).count == 63)
  }

  @Test func quantities() {
    #expect(QuantityText.bytes("512KiB") == 524_288)
    #expect(QuantityText.bytes("8GiB") == 8_589_934_592)
    #expect(QuantityText.bytes("1.5 MB") == 1_500_000)
    #expect(QuantityText.bytes("8") == nil)
    #expect(QuantityText.bytes("1e300TiB") == nil)
    #expect(QuantityText.seconds("500ms") == 0.5)
    #expect(QuantityText.seconds("5m") == 300)
    #expect(QuantityText.seconds("1h") == 3600)
    #expect(QuantityText.seconds("-1s") == nil)
    #expect(QuantityText.seconds("1:30") == nil)
    #expect(QuantityText.percent("2%") == 0.02)
    #expect(QuantityText.percent("2") == nil)
    #expect(QuantityText.span("5..20") == 5...20)
    #expect(QuantityText.span("20..5") == nil)
  }
}
