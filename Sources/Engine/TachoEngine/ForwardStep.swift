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

  package let compute: Compute
  package let store: KVStore
  package let rows: Int
  let workspace: Workspace
  let segments: [Segment]
  let segmentOfRow: [Int]
  /// Where each row's keys and values go in its sequence.
  let slots: [Int]
  private let pointers: [[PagePointers]]

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
    for (index, segment) in segments.enumerated() {
      for row in segment.rows {
        owner[row] = index
        slots[row] = segment.base + row - segment.rows.lowerBound
      }
      try store.append(segment.rows.count, to: segment.sequence)
    }
    segmentOfRow = owner
    self.slots = slots
    pointers = try segments.map { segment in
      try store.layouts.indices.map { layer in
        Self.pointers(to: try store.pages(of: segment.sequence, layer: layer))
      }
    }
  }

  func pagePointers(segment: Int, kvLayer: Int) -> PagePointers { pointers[segment][kvLayer] }

  /// Every sequence's rows and its pages in one layer, as attention takes them.
  func attentionSequences(kvLayer: Int) -> [AttentionLaunch.Sequence] {
    segments.indices.map { index in
      let pages = pagePointers(segment: index, kvLayer: kvLayer)
      return AttentionLaunch.Sequence(
        rows: segments[index].rows, base: segments[index].base,
        keys: UnsafeRawPointer(pages.keys).assumingMemoryBound(to: UnsafeRawPointer?.self),
        values: UnsafeRawPointer(pages.values).assumingMemoryBound(to: UnsafeRawPointer?.self),
        ancestors: segments[index].ancestors)
    }
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
