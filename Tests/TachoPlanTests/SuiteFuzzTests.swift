// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoSuite
import Testing

/// Mutated suite files give a plan or an error, never a crash.
///
/// `TACHO_FUZZ_COUNT` sets how many.
@Suite struct SuiteFuzzTests {
  private static let count =
    ProcessInfo.processInfo.environment["TACHO_FUZZ_COUNT"].flatMap { Int($0) } ?? 1000

  /// Pieces that mean something to YAML or to the language.
  private static let tokens = [
    "{", "}", "[", "]", ",", ": ", "- ", "? ", "&a ", "*a", "!!int ", "|\n", ">\n", "'", "\"", "#",
    "\n", "\t", "  ", "---\n", "...\n", "%YAML 1.1\n", "<<: *a\n", "\u{0}", "\u{FEFF}", "\u{2028}",
    "\\uD800", "1..9999999999999999999", "-9223372036854775808..9223372036854775807",
    "pow2(0..9223372036854775807)", "range(1..9, factor 9223372036854775807)",
    "range(-9223372036854775808..9, step 9223372036854775807)", "1-9*0", "0-0+0", "9e999%", "-1s",
    "nan", "1e308TiB", "extends: s.yaml\n", "axes:\n", "zip:\n", "exclude:\n", "model: [small, x]",
    "variants: all\n", "measure: { samples: 0 }\n", "kind: generate\n", "a.b.c: 1\n", "..", "(",
    ")",
  ]

  private static func corpus() throws -> [[UInt8]] {
    try ExampleSuiteTests.files().map { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
  }

  @Test func mutatedSuitesNeverCrash() throws {
    let corpus = try Self.corpus()
    try #require(!corpus.isEmpty)
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("tacho-fuzz-\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var random = SeededNumbers(seed: 2024)
    var accepted = 0
    var refused = 0
    for round in 0..<Self.count {
      var bytes = corpus[random.below(corpus.count)]
      for _ in 0...random.below(6) { Self.mutate(&bytes, corpus, &random) }
      do throws(SuiteError) {
        if round.isMultiple(of: 16) {
          // Through a file, where bytes need not be UTF-8.
          try? Data(bytes).write(to: URL(fileURLWithPath: path))
          _ = try Plan.load(suite: path, kinds: SampleKinds.all)
        } else {
          let suite = try SuiteFile.read(
            text: String(decoding: bytes, as: UTF8.self), path: "s.yaml", kinds: SampleKinds.all)
          _ = try Planner().plan(suite)
        }
        accepted += 1
      } catch {
        refused += 1
        let text = error.description
        #expect(!text.isEmpty && text.split(separator: "\n").count <= 11, "round \(round)")
        #expect(error.problems.allSatisfy { !$0.message.isEmpty }, "round \(round)")
      }
    }
    #expect(accepted + refused == Self.count)
    // Both outcomes occur, or the mutations are too weak or too strong to test anything.
    #expect(accepted > Self.count / 100 && refused > Self.count / 10, "\(accepted) \(refused)")
  }

  private static func mutate(
    _ bytes: inout [UInt8], _ corpus: [[UInt8]], _ random: inout SeededNumbers
  ) {
    let at = random.below(bytes.count + 1)
    let length = min(random.below(24), bytes.count - at)
    switch random.below(8) {
    case 0: if at < bytes.count { bytes[at] = UInt8(random.below(256)) }
    case 1: bytes.removeSubrange(at..<(at + length))
    case 2: bytes.insert(contentsOf: bytes[at..<(at + length)], at: random.below(bytes.count + 1))
    case 3: bytes.removeSubrange(at...)
    case 4:
      let other = corpus[random.below(corpus.count)]
      let start = random.below(other.count)
      bytes.insert(contentsOf: other[start..<min(other.count, start + 200)], at: at)
    case 5:
      let token = tokens[random.below(tokens.count)]
      let times = random.below(20) == 0 ? 500 : 1
      bytes.insert(contentsOf: Array(String(repeating: token, count: times).utf8), at: at)
    case 6: swapLines(&bytes, &random)
    default: bytes.insert(contentsOf: Array(tokens[random.below(tokens.count)].utf8), at: at)
    }
  }

  private static func swapLines(_ bytes: inout [UInt8], _ random: inout SeededNumbers) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count > 1 else { return }
    lines.swapAt(random.below(lines.count), random.below(lines.count))
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }
}
