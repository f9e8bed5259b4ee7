// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import Testing

@testable import TachoTune

/// The language of `requires:` and `when:`.
@Suite struct ExpressionTests {
  static let values: [String: ConfigurationValue] = [
    "tile": 48, "simd": 16, "threads": 4, "ratio": 0.5, "kind": "draft", "on": true, "mode": "auto",
  ]

  static func holds(_ text: String) throws -> Bool? {
    try Expression(text).holds { values[$0] }
  }

  @Test(arguments: [
    ("tile % simd == 0", true), ("tile % 32 == 0", false), ("-tile % 32 == -16", true),
    ("1 + 2 * 3 == 7", true), ("(1 + 2) * 3 == 9", true), ("10 - 4 - 3 == 3", true),
    ("8 / 4 / 2 == 1", true), ("ratio * 2 >= 1", true), ("ratio < 5e-1 + 1e-9", true),
    ("kind == 'draft' and threads <= 8", true), ("kind != \"draft\" or not on", false),
    ("not kind == 'draft'", false), ("not (on and threads > 4)", true), ("on", true),
    ("true or false and false", true), ("not true or true", true), ("--threads == 4", true),
    ("on == true", true), ("threads == 4.0", true), ("mode == 4", false), ("mode != 4", true),
  ])
  func evaluates(_ text: String, _ expected: Bool) throws {
    #expect(try Self.holds(text) == expected, "\(text)")
  }

  /// What is divided by zero compares with nothing, on either side of a negation.
  @Test func zeroDivisorsCompareWithNothing() throws {
    for sign in ["==", "!=", "<", "<=", ">", ">="] {
      #expect(try Self.holds("tile % 0 \(sign) 0") == false)
      #expect(try Self.holds("1 \(sign) tile / 0") == false)
    }
  }

  /// Kleene's tables: only what the other side settles has a value.
  @Test func whatHasNoValue() throws {
    #expect(try Self.holds("absent > 3") == nil)
    #expect(try Self.holds("not absent > 3") == nil)
    #expect(try Self.holds("absent > 3 or on") == true)
    #expect(try Self.holds("on or absent > 3") == true)
    #expect(try Self.holds("absent > 3 or not on") == nil)
    #expect(try Self.holds("absent > 3 and not on") == false)
    #expect(try Self.holds("not on and absent > 3") == false)
    #expect(try Self.holds("absent > 3 and on") == nil)
    #expect(try Self.holds("mode > 3") == nil)
  }

  @Test(arguments: [
    ("", 0, "the expression is empty"), ("a = 3", 2, "write '=='"), ("a && b", 2, "write 'and'"),
    ("!a", 0, "write 'not'"), ("a < b < c", 6, "do not chain"), ("(a == 1", 7, "expected ')'"),
    ("a == 'x", 5, "no closing"), ("a ==", 4, "expected a name"),
    ("a == 1 b", 7, "expected the end"),
    ("3abc == 1", 0, "not a number"), ("0x10 == 1", 0, "not a number"), ("a..b == 1", 0, "dotted"),
    ("a == 1 # x", 7, "cannot stand"), ("and a", 0, "expected a name"),
    ("1e999 == 1", 0, "not a number"),
    ("a < .5", 4, "cannot stand"),
  ])
  func tellsWhereItIsBroken(_ text: String, _ offset: Int, _ words: String) {
    let error = #expect(throws: ExpressionError.self) { try Expression(text) }
    #expect(error?.offset == offset, "\(text): \(String(describing: error))")
    #expect(error?.message.contains(words) == true, "\(text): \(String(describing: error))")
  }

  /// A hostile file must not exhaust the stack.
  @Test func boundsDepthAndLength() {
    let deep = String(repeating: "(", count: 100_000)
    let long = String(repeating: "1+", count: 100_000) + "1 == 1"
    let signs = String(repeating: "-", count: 300) + "1 == 1"
    for text in [deep, long, signs] {
      #expect(throws: ExpressionError.self) { try Expression(text) }
    }
  }

  /// Random trees, printed with all parentheses, come to the same as computed directly.
  @Test func agreesWithDirectEvaluation() throws {
    for seed in 0..<300 {
      var stream = DrawStream(seed: UInt64(seed), trial: 0, .candidates)
      let (text, value) = Self.condition(depth: 4, &stream)
      #expect(try Self.holds(text) == value, "seed \(seed): \(text)")
    }
  }

  static func condition(depth: Int, _ stream: inout DrawStream) -> (String, Bool) {
    let pick = depth == 0 ? 3 : stream.index(below: 4)
    switch pick {
    case 0:
      let (text, value) = condition(depth: depth - 1, &stream)
      return ("not (\(text))", !value)
    case 1, 2:
      let (a, x) = condition(depth: depth - 1, &stream)
      let (b, y) = condition(depth: depth - 1, &stream)
      return pick == 1 ? ("(\(a)) and (\(b))", x && y) : ("(\(a)) or (\(b))", x || y)
    default:
      let (a, x) = number(depth: depth, &stream)
      let (b, y) = number(depth: depth, &stream)
      return stream.index(below: 2) == 0 ? ("\(a) <= \(b)", x <= y) : ("\(a) == \(b)", x == y)
    }
  }

  static func number(depth: Int, _ stream: inout DrawStream) -> (String, Double) {
    if depth == 0 || stream.index(below: 3) == 0 {
      let value = stream.index(below: 10)
      return (String(value), Double(value))
    }
    let (a, x) = number(depth: depth - 1, &stream)
    let (b, y) = number(depth: depth - 1, &stream)
    switch stream.index(below: 3) {
    case 0: return ("(\(a) + \(b))", x + y)
    case 1: return ("(\(a) - \(b))", x - y)
    default: return ("(\(a) * \(b))", x * y)
    }
  }
}
