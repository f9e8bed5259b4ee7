// SPDX-License-Identifier: Apache-2.0

/// Names a sequence in a `KVStore`.
package struct SequenceID: Hashable, Sendable {
  package let rawValue: Int
}

/// The keys and values of many sequences, in shared, reference-counted pages with a page table and a
/// length for each layer.
package final class KVStore {
  private struct LayerTable {
    var pages: [KVPage] = []
    var length = 0
  }

  package let layouts: [KVLayout]
  package let pool = KVPagePool()
  private var sequences: [SequenceID: [LayerTable]] = [:]
  private var nextID = 0

  /// Most tokens of a sequence: slots are 32-bit numbers in the kernels.
  package static let maxTokens = 1 << 30

  /// One layout for each layer that keeps keys and values.
  package init(layouts: [KVLayout]) {
    self.layouts = layouts
  }

  /// An empty sequence.
  package func makeSequence() -> SequenceID {
    insert(layouts.map { _ in LayerTable() })
  }

  /// A sequence with the same contents; pages are shared until one of the two writes.
  package func fork(_ sequence: SequenceID) throws -> SequenceID {
    insert(try tables(sequence))
  }

  /// Forgets the tokens from `length` on, in every layer that has more.
  package func rollback(_ sequence: SequenceID, to length: Int) throws {
    guard length >= 0 else {
      throw EngineError(.badBatch, "cannot roll back to \(length) tokens")
    }
    var all = try tables(sequence)
    sequences[sequence] = nil
    for layer in all.indices where all[layer].length > length {
      let pageTokens = layouts[layer].pageTokens
      all[layer].length = length
      all[layer].pages.removeLast(
        all[layer].pages.count - (length + pageTokens - 1) / pageTokens)
    }
    sequences[sequence] = all
  }

  /// Forgets the sequence; pages that nobody else refers to become free.
  package func release(_ sequence: SequenceID) {
    sequences[sequence] = nil
  }

  /// Tokens held, in the layer that holds most.
  package func length(of sequence: SequenceID) throws -> Int {
    try tables(sequence).map(\.length).max() ?? 0
  }

  /// Tokens held in one layer.
  package func length(of sequence: SequenceID, layer: Int) throws -> Int {
    try tables(sequence)[layer].length
  }

  /// Makes room for `count` more tokens in every layer: new pages at the end, and a private copy of
  /// a shared page that would be written.
  ///
  /// The new slots count as held from here on.
  package func append(_ count: Int, to sequence: SequenceID) throws {
    var all = try tables(sequence)
    let longest = all.map(\.length).max() ?? 0
    guard count >= 0, count <= Self.maxTokens - longest else {
      throw EngineError(
        .badBatch,
        "cannot append \(count) tokens to the \(longest) of sequence \(sequence.rawValue): it may "
          + "hold \(Self.maxTokens)")
    }
    sequences[sequence] = nil  // so that only the page table itself refers to our pages
    for layer in all.indices {
      let layout = layouts[layer]
      let used = all[layer].length % layout.pageTokens
      if used > 0, count > 0 {
        let last = all[layer].pages.count - 1
        if !isKnownUniquelyReferenced(&all[layer].pages[last]) {
          all[layer].pages[last] = pool.copy(all[layer].pages[last])
        }
      }
      all[layer].length += count
      let needed = (all[layer].length + layout.pageTokens - 1) / layout.pageTokens
      while all[layer].pages.count < needed { all[layer].pages.append(pool.makePage(layout)) }
    }
    sequences[sequence] = all
  }

  /// The pages of one layer, oldest first.
  ///
  /// Those that hold slots just appended may be written.
  package func pages(of sequence: SequenceID, layer: Int) throws -> [KVPage] {
    try tables(sequence)[layer].pages
  }

  private func insert(_ tables: [LayerTable]) -> SequenceID {
    defer { nextID += 1 }
    let id = SequenceID(rawValue: nextID)
    sequences[id] = tables
    return id
  }

  private func tables(_ sequence: SequenceID) throws -> [LayerTable] {
    guard let tables = sequences[sequence] else {
      throw EngineError(.badBatch, "sequence \(sequence.rawValue) was released or never made")
    }
    return tables
  }
}
