// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// One forward pass under way: the batch laid out over its sequences, and the buffers layers work in.
package final class ForwardStep {
  /// The rows of one sequence, which stand together.
  struct Segment {
    let sequence: SequenceID
    let rows: Range<Int>
    /// Tokens the sequence held before this pass.
    let base: Int
    /// For token trees: a bit for each row of the segment that each row descends from (and itself).
    let ancestors: [[UInt64]]?
  }

  struct Tile {
    let segment: Int
    let rows: Range<Int>
  }

  package let compute: Compute
  package let store: KVStore
  package let rows: Int
  let workspace: Workspace
  let segments: [Segment]
  let segmentOfRow: [Int]
  /// Where each row's keys and values go in its sequence, and how many slots it sees.
  let slots: [Int]
  let visible: [Int]
  private let pointers: [[PagePointers]]
  private let treeScratch: [AlignedBuffer<UInt64>]

  /// Base addresses of the pages of one sequence in one layer.
  struct PagePointers {
    let keys: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    let values: UnsafeMutablePointer<UnsafeMutableRawPointer?>
    fileprivate let memory: AlignedBuffer<UInt>
  }

  /// Lays the batch out and appends its slots to the KV store.
  init(_ batch: TokenBatch, compute: Compute, store: KVStore, workspace: Workspace) throws {
    self.compute = compute
    self.store = store
    self.workspace = workspace
    rows = batch.count
    segments = try Self.segments(of: batch, store: store)
    var owner = [Int](repeating: 0, count: batch.count)
    var slots = owner
    var visible = owner
    for (index, segment) in segments.enumerated() {
      for row in segment.rows {
        owner[row] = index
        slots[row] = segment.base + row - segment.rows.lowerBound
        visible[row] = slots[row] + 1
      }
      try store.append(segment.rows.count, to: segment.sequence)
    }
    segmentOfRow = owner
    self.slots = slots
    self.visible = visible
    pointers = try segments.map { segment in
      try store.layouts.indices.map { layer in
        Self.pointers(to: try store.pages(of: segment.sequence, layer: layer))
      }
    }
    let words = segments.compactMap { $0.ancestors?.first?.count }.max() ?? 0
    treeScratch =
      words == 0
      ? []
      : (0..<compute.pool.threads).map { _ in
        AlignedBuffer(count: words * Int(tileQueries))
      }
  }

  func pagePointers(segment: Int, kvLayer: Int) -> PagePointers { pointers[segment][kvLayer] }

  /// The segments cut into tiles of at most `rowsPerTile` rows.
  func attentionTiles(rowsPerTile: Int) -> [Tile] {
    segments.indices.flatMap { index in
      stride(
        from: segments[index].rows.lowerBound, to: segments[index].rows.upperBound,
        by: rowsPerTile
      ).map {
        Tile(segment: index, rows: $0..<min($0 + rowsPerTile, segments[index].rows.upperBound))
      }
    }
  }

  /// The tree mask of a tile's queries (each row's words `copies` times), or null for a linear segment.
  func treeMask(_ tile: Tile, copies: Int, worker: Int) -> (
    words: UnsafePointer<UInt64>?, count: Int, base: Int
  ) {
    let segment = segments[tile.segment]
    guard let ancestors = segment.ancestors, let count = ancestors.first?.count else {
      return (nil, 0, 0)
    }
    let target = treeScratch[worker].pointer
    var query = 0
    for row in tile.rows {
      for _ in 0..<copies {
        for word in 0..<count {
          target[query * count + word] = ancestors[row - segment.rows.lowerBound][word]
        }
        query += 1
      }
    }
    return (UnsafePointer(target), count, segment.base)
  }

  /// RMS norm of every row.
  func norm(
    _ weights: NormWeights, _ source: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>, rows count: Int? = nil
  ) {
    let width = weights.values.count
    let kernels = compute.kernels
    compute.pool.launch("rmsnorm", count: count ?? rows, grain: 8) { _, range in
      for row in range {
        kernels.rmsnorm(
          source + row * width, weights.values.pointer, target + row * width, width,
          weights.epsilon)
      }
    }
  }

  /// residual += delta, every row.
  func addToResidual(_ delta: UnsafePointer<Float>) {
    let width = workspace.residual.count / workspace.maxRows
    let kernels = compute.kernels
    let residual = workspace.residual.pointer
    compute.pool.launch("add", count: rows, grain: 16) { _, range in
      kernels.add(
        residual + range.lowerBound * width, delta + range.lowerBound * width, range.count * width)
    }
  }

  private static func pointers(to pages: [KVPage]) -> PagePointers {
    let memory = AlignedBuffer<UInt>(count: 2 * max(1, pages.count))
    let raw = UnsafeMutableRawPointer(memory.pointer)
    let keys = raw.bindMemory(to: UnsafeMutableRawPointer?.self, capacity: 2 * pages.count)
    let values = keys + pages.count
    for (index, page) in pages.enumerated() {
      keys[index] = page.keys
      values[index] = page.values
    }
    return PagePointers(keys: keys, values: values, memory: memory)
  }

  private static func segments(of batch: TokenBatch, store: KVStore) throws -> [Segment] {
    var result: [Segment] = []
    var seen: Set<SequenceID> = []
    var first = 0
    while first < batch.count {
      let sequence = batch.rows[first].sequence
      var end = first + 1
      while end < batch.count, batch.rows[end].sequence == sequence { end += 1 }
      guard seen.insert(sequence).inserted else {
        throw EngineError(
          .badBatch,
          "the rows of sequence \(sequence.rawValue) do not stand together in the batch")
      }
      result.append(
        Segment(
          sequence: sequence, rows: first..<end, base: try store.length(of: sequence),
          ancestors: try ancestors(of: batch, rows: first..<end)))
      first = end
    }
    return result
  }

  /// Nil when every row follows the one before it, so that no mask is needed.
  private static func ancestors(of batch: TokenBatch, rows: Range<Int>) throws -> [[UInt64]]? {
    let linear = rows.allSatisfy { row in
      batch.rows[row].parent == (row == rows.lowerBound ? nil : row - 1)
    }
    if linear { return nil }
    let words = (rows.count + 63) / 64
    var masks: [[UInt64]] = []
    for row in rows {
      var mask = [UInt64](repeating: 0, count: words)
      if let parent = batch.rows[row].parent {
        guard rows.contains(parent), parent < row else {
          throw EngineError(
            .badBatch, "row \(row) has parent \(parent): a parent is an earlier row of its sequence"
          )
        }
        mask = masks[parent - rows.lowerBound]
      }
      let own = row - rows.lowerBound
      mask[own / 64] |= 1 << UInt64(own % 64)
      masks.append(mask)
    }
    return masks
  }
}

/// Most queries of one attention call.
private let tileQueries = 16
