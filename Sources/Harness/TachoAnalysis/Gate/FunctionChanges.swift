// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Which functions execute more instructions on one side of a comparison than on the other.
package struct FunctionChanges: Sendable, Hashable {
  /// What all other functions add, where that is not nothing.
  package static let others = "others"
  /// A change of the whole below this share of the base is none.
  package static let noticed = 0.0005
  private static let listed = 20

  /// Largest change first, `others` last; together `change`.
  package let parts: [GateCause.Part]
  /// Instructions of the base, and what the candidate adds.
  package let base: Int
  package let change: Int

  package var share: Double { base > 0 ? Double(change) / Double(base) : 0 }

  /// Nil when one side was not counted; `name` says how a symbol is to be shown, and symbols with one name are
  /// one function.
  package init?(
    base old: InstructionCounts, candidate new: InstructionCounts, name: (String) -> String
  ) {
    guard let before = old.totals["Ir"], let after = new.totals["Ir"], old.unavailable == nil,
      new.unavailable == nil
    else { return nil }
    (base, change) = (before, after - before)
    let (first, second) = (Self.bySymbol(old), Self.bySymbol(new))
    var changes: [String: Int] = [:]
    for symbol in Set(first.keys).union(second.keys) {
      // Of a side whose list was cut short a missing function may be among those cut: it is one of the others.
      if first[symbol] == nil, old.otherInstructions > 0 { continue }
      if second[symbol] == nil, new.otherInstructions > 0 { continue }
      changes[name(symbol), default: 0] += (second[symbol] ?? 0) - (first[symbol] ?? 0)
    }
    let largest = changes.filter { $0.value != 0 }
      .sorted { (abs($1.value), $0.key) < (abs($0.value), $1.key) }.prefix(Self.listed)
    func part(_ name: String, _ count: Int) -> GateCause.Part {
      GateCause.Part(
        name: name, change: Double(count),
        share: before > 0 ? Double(count) / Double(before) : 0)
    }
    let rest = change - largest.reduce(0) { $0 + $1.value }
    parts = largest.map { part($0.key, $0.value) } + (rest == 0 ? [] : [part(Self.others, rest)])
  }

  private static func bySymbol(_ counts: InstructionCounts) -> [String: Int] {
    Dictionary(counts.functions.map { ($0.name, $0.instructions) }, uniquingKeysWith: +)
  }
}
