// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

@testable import TachoAnalysis

/// Changes by function sum to the whole, whatever of the two lists was cut off.
@Suite struct FunctionChangesTests {
  static func counts(_ functions: [String: Int], others: Int = 0) -> InstructionCounts {
    InstructionCounts(
      totals: ["Ir": functions.values.reduce(others, +)],
      functions: functions.sorted { $0.value > $1.value }.map {
        FunctionCounts(
          name: $0.key, object: "tacho", instructions: $0.value,
          inclusiveInstructions: $0.value, level1DataMisses: 0, lastLevelMisses: 0)
      }, otherInstructions: others)
  }

  private func parts(
    _ old: InstructionCounts, _ new: InstructionCounts
  ) throws -> [String: Double] {
    let changes = try #require(FunctionChanges(base: old, candidate: new, name: { $0 }))
    #expect(changes.parts.reduce(0) { $0 + $1.change } == Double(changes.change))
    #expect(changes.base == old.totals["Ir"])
    return Dictionary(changes.parts.map { ($0.name, $0.change) }) { first, _ in first }
  }

  @Test func newAndGoneFunctionsAreChanges() throws {
    let parts = try parts(
      Self.counts(["a": 100, "b": 50, "gone": 7]), Self.counts(["a": 130, "b": 50, "new": 3]))
    #expect(parts == ["a": 30, "gone": -7, "new": 3])
  }

  @Test func whatMayBeCutOffIsAmongTheOthers() throws {
    // `c` is not in the base's list, which was cut: what it was there is not known.
    let parts = try parts(
      Self.counts(["a": 100, "b": 50], others: 40), Self.counts(["a": 101, "c": 45], others: 44))
    #expect(parts == ["a": 1, FunctionChanges.others: -1])
  }

  @Test func theLargestAreListedFirstAndTheRestSummed() throws {
    let old = Dictionary(uniqueKeysWithValues: (0..<60).map { ("f\($0)", 1_000) })
    let new = Dictionary(uniqueKeysWithValues: (0..<60).map { ("f\($0)", 1_000 + $0) })
    let changes = try #require(
      FunctionChanges(base: Self.counts(old), candidate: Self.counts(new), name: { $0 }))
    #expect(changes.parts.count == 21 && changes.parts[0].name == "f59")
    #expect(changes.parts.last?.name == FunctionChanges.others)
    #expect(changes.parts.last?.change == Double((0..<40).reduce(0, +)))
    #expect(changes.parts.reduce(0) { $0 + $1.change } == Double(changes.change))
    #expect(abs(changes.parts[0].share - 59.0 / 60_000) < 1e-15)
  }

  @Test func symbolsOfOneNameAreOneFunction() throws {
    let changes = try #require(
      FunctionChanges(
        base: Self.counts(["x1": 10, "x2": 20]), candidate: Self.counts(["x2": 5, "x3": 40]),
        name: { String($0.prefix(1)) }))
    #expect(changes.parts.map(\.name) == ["x"] && changes.parts[0].change == 15)
  }

  @Test func equalCountsHaveNoParts() throws {
    #expect(try parts(Self.counts(["a": 5]), Self.counts(["a": 5])).isEmpty)
    let missing = InstructionCounts.unavailable("no valgrind")
    #expect(FunctionChanges(base: missing, candidate: Self.counts([:]), name: { $0 }) == nil)
  }
}
