// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

@Suite struct NamePatternTests {
  @Test(arguments: [
    ("decode q4_0", "decode q4_0", true), ("decode", "decode q4_0", false),
    ("decode*", "decode q4_0", true), ("decode *", "decode", false), ("*q4_0", "decode q4_0", true),
    ("*", "", true), ("**", "a", true), ("?", "", false), ("?", "é", true), ("a?c", "abc", true),
    ("a*b*c", "a-b-b-c", true), ("a*b*c", "a-c-b", false), ("", "", true), ("", "a", false),
    ("gemv kernel.format=q?_0", "gemv kernel.format=q8_0", true), ("DECODE*", "decode q4_0", false),
    ("[ab]", "a", false), ("*a*a*a*", "aa", false), ("*ab", "aab", true),
  ])
  func namesAreOfPatterns(_ pattern: String, _ name: String, _ expected: Bool) {
    #expect(NamePattern(pattern).matches(name) == expected)
  }

  /// Against the definition by recursion, on all short words of two letters.
  @Test func itAgreesWithTheDefinition() {
    func matches(_ pattern: Substring, _ name: Substring) -> Bool {
      guard let first = pattern.first else { return name.isEmpty }
      let rest = pattern.dropFirst()
      if first == "*" {
        return matches(rest, name) || (!name.isEmpty && matches(pattern, name.dropFirst()))
      }
      guard let letter = name.first, first == "?" || first == letter else { return false }
      return matches(rest, name.dropFirst())
    }
    func words(_ letters: [String], upTo length: Int) -> [String] {
      (0..<length).reduce(into: [""]) { words, _ in
        words += words.flatMap { word in letters.map { word + $0 } }
      }
    }
    let names = Array(Set(words(["a", "b"], upTo: 4)))
    for pattern in Set(words(["a", "b", "?", "*"], upTo: 3)) {
      for name in names {
        #expect(
          NamePattern(pattern).matches(name) == matches(pattern[...], name[...]),
          "\(pattern) \(name)")
      }
    }
  }

  @Test func hostilePatternsTakeNoTime() {
    let pattern = String(repeating: "*a", count: 200) + "b"
    let clock = ContinuousClock()
    let time = clock.measure {
      #expect(!NamePattern(pattern).matches(String(repeating: "a", count: 2_000)))
    }
    #expect(time < .seconds(5))
  }
}
