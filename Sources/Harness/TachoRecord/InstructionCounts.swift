// SPDX-License-Identifier: Apache-2.0

/// What valgrind's callgrind counted in one timed region, or why it counted nothing.
///
/// The counts are of a simulated processor: they repeat exactly for the same program and input, and say
/// how much work there is, not how long it takes.
package struct InstructionCounts: Sendable, Hashable, Codable {
  /// What a suite names to have them counted.
  package static let collector = "callgrind"

  /// callgrind's events and their totals; empty when nothing was counted.
  ///
  /// Ir (instructions), Dr and Dw (data reads and writes), I1mr, D1mr,
  /// D1mw (first-level misses), ILmr, DLmr, DLmw (last-level misses), Bc, Bcm, Bi, Bim (branches and their
  /// mispredictions).
  package var totals: [String: Int]
  /// The functions with the most instructions of their own, the most first.
  package var functions: [FunctionCounts]
  /// Instructions in all other functions.
  package var otherInstructions: Int
  /// Why there are no counts; nil when there are.
  package var unavailable: String?

  package init(totals: [String: Int], functions: [FunctionCounts], otherInstructions: Int) {
    self.totals = totals
    self.functions = functions
    self.otherInstructions = otherInstructions
  }

  package static func unavailable(_ reason: String) -> InstructionCounts {
    var counts = InstructionCounts(totals: [:], functions: [], otherInstructions: 0)
    counts.unavailable = reason
    return counts
  }
}

/// One function's part in the counts of a timed region.
package struct FunctionCounts: Sendable, Hashable, Codable {
  /// The symbol's name, as the linker knows it.
  package var name: String
  /// The file it came from, without its folder.
  package var object: String
  /// Instructions in the function itself, and with what it called (recursion counts twice).
  package var instructions: Int
  package var inclusiveInstructions: Int
  /// The function's own misses in the simulated first-level data cache and in the last level.
  package var level1DataMisses: Int
  package var lastLevelMisses: Int

  package init(
    name: String, object: String, instructions: Int, inclusiveInstructions: Int,
    level1DataMisses: Int, lastLevelMisses: Int
  ) {
    self.name = name
    self.object = object
    self.instructions = instructions
    self.inclusiveInstructions = inclusiveInstructions
    self.level1DataMisses = level1DataMisses
    self.lastLevelMisses = lastLevelMisses
  }
}
