// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
package import TachoKernels

/// One layer's attention cut into kernel calls: tiles of rows and query heads, and for few rows over a
/// long context parts of it, so that it takes every thread however few KV heads there are.
///
/// What is cut where depends on the sequences alone, so results are the same for any thread count and
/// in any company.
package struct AttentionLaunch {
  /// Rows of one sequence that stand together, and the pages it has in this layer.
  package struct Sequence {
    package let rows: Range<Int>
    /// Tokens held before the first row: row r sees `base + r - rows.lowerBound + 1` slots.
    package let base: Int
    package let keys: UnsafePointer<UnsafeRawPointer?>
    package let values: UnsafePointer<UnsafeRawPointer?>
    /// For token trees: a bit for each row of the sequence that a row sees of those from `base` on.
    package let ancestors: [[UInt64]]?

    package init(
      rows: Range<Int>, base: Int, keys: UnsafePointer<UnsafeRawPointer?>,
      values: UnsafePointer<UnsafeRawPointer?>, ancestors: [[UInt64]]? = nil
    ) {
      self.rows = rows
      self.base = base
      self.keys = keys
      self.values = values
      self.ancestors = ancestors
    }
  }

  /// A kernel call for each KV head and each tile of its query heads.
  private struct Call {
    let sequence: Sequence
    let rows: Range<Int>
    /// The slots of a part, and where its partial results begin; nil for the whole context.
    let part: (slots: Range<Int>, index: Int, of: Int, partials: Int)?
  }

  /// Where one query's partial results are, and its result goes.
  private struct Merge {
    let partials: Int
    let stride: Int
    let parts: Int
    let out: Int
  }

  /// Tokens of a part unless a knob says otherwise: long enough that starting cold costs little.
  package static let partTokens = 1024
  /// A still longer context has longer parts, so that partial results stay small.
  private static let mostParts = 64

  private let layout: KVLayout
  private let heads: Int
  private let headsPerTile: Int
  private let headTiles: Int
  private let partialCount: Int
  private var calls: [Call] = []
  private var merges: [Merge] = []
  private var partialFloats = 0
  private var treeWords = 0

  /// `heads` query heads share the layout's KV heads evenly; `partTokens` 0 divides no context.
  package init(layout: KVLayout, heads: Int, sequences: [Sequence], partTokens: Int) {
    self.layout = layout
    self.heads = heads
    let limit = Int(TK_ATTENTION_QUERIES)
    let group = heads / layout.heads
    headsPerTile = min(group, limit)
    headTiles = (group + headsPerTile - 1) / headsPerTile
    partialCount = tk_attention_partial_count(layout.headDimension)
    let rowsPerTile = max(1, limit / headsPerTile)
    for sequence in sequences {
      treeWords = max(treeWords, sequence.ancestors?.first?.count ?? 0)
      let slots = sequence.base + sequence.rows.count
      if sequence.rows.count <= rowsPerTile, partTokens > 0, slots > partTokens {
        addParts(sequence, slots: slots, partTokens: partTokens)
      } else {
        for first in stride(
          from: sequence.rows.lowerBound, to: sequence.rows.upperBound, by: rowsPerTile)
        {
          let rows = first..<min(first + rowsPerTile, sequence.rows.upperBound)
          calls.append(Call(sequence: sequence, rows: rows, part: nil))
        }
      }
    }
  }

  private mutating func addParts(_ sequence: Sequence, slots: Int, partTokens: Int) {
    let pages = max(
      (partTokens + layout.pageTokens - 1) / layout.pageTokens,
      (slots + layout.pageTokens * Self.mostParts - 1) / (layout.pageTokens * Self.mostParts))
    let length = pages * layout.pageTokens
    let parts = (slots + length - 1) / length
    // [kv_head][head_tile][part][row][head of the tile]
    let queries = sequence.rows.count * headsPerTile
    for index in 0..<parts {
      calls.append(
        Call(
          sequence: sequence, rows: sequence.rows,
          part: (index * length..<min((index + 1) * length, slots), index, parts, partialFloats)))
    }
    let group = heads / layout.heads
    for head in 0..<heads {
      let tile = head / group * headTiles + head % group / headsPerTile
      let tileHeads = headsInTile(head % group / headsPerTile)
      for row in sequence.rows {
        let query = (row - sequence.rows.lowerBound) * tileHeads + head % group % headsPerTile
        merges.append(
          Merge(
            partials: partialFloats + (tile * parts * queries + query) * partialCount,
            stride: queries * partialCount, parts: parts,
            out: (row * heads + head) * layout.headDimension))
      }
    }
    partialFloats += layout.heads * headTiles * parts * queries * partialCount
  }

  private func headsInTile(_ tile: Int) -> Int {
    min(headsPerTile, heads / layout.heads - tile * headsPerTile)
  }

  /// `output` = attention of `queries`, both `[rows][heads][head_dim]`.
  package func run(
    _ compute: Compute, queries: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    scratch: AttentionScratch
  ) {
    guard let kernel = compute.kernels.attention(layout.format) else { return }
    scratch.reserve(
      workers: compute.pool.threads, partialFloats: partialFloats, treeWords: treeWords)
    let tiles = layout.heads * headTiles
    compute.pool.launch("attention", count: calls.count * tiles, grain: 1) { worker, range in
      for item in range {
        var args = arguments(
          calls[item / tiles], tile: item % tiles, queries: queries, output: output,
          worker: scratch.workers[worker], partials: scratch.partials.pointer)
        kernel(&args, compute.scratch(of: worker))
      }
    }
    guard !merges.isEmpty else { return }
    let partials = UnsafePointer(scratch.partials.pointer)
    compute.pool.launch("attention.merge", count: merges.count, grain: 8) { _, range in
      for index in range {
        let merge = merges[index]
        compute.kernels.attentionMerge(
          partials + merge.partials, merge.parts, merge.stride, layout.headDimension,
          output + merge.out)
      }
    }
  }

  private func arguments(
    _ call: Call, tile: Int, queries: UnsafePointer<Float>, output: UnsafeMutablePointer<Float>,
    worker: AttentionScratch.Worker, partials: UnsafeMutablePointer<Float>
  ) -> tk_attention_args {
    let group = heads / layout.heads
    let kvHead = tile / headTiles
    let firstHead = kvHead * group + tile % headTiles * headsPerTile
    let tileHeads = headsInTile(tile % headTiles)
    let sequence = call.sequence
    let words = sequence.ancestors?.first?.count ?? 0
    var count = 0
    for row in call.rows {
      let own = row - sequence.rows.lowerBound
      for head in firstHead..<firstHead + tileHeads {
        let offset = (row * heads + head) * layout.headDimension
        worker.queries.pointer[count] = queries + offset
        worker.outputs.pointer[count] = output + offset
        worker.visible.pointer[count] = UInt32(sequence.base + own + 1)
        if let ancestors = sequence.ancestors {
          for word in 0..<words {
            worker.tree.pointer[count * words + word] = ancestors[own][word]
          }
        }
        count += 1
      }
    }
    let perPart = sequence.rows.count * headsPerTile * partialCount
    return tk_attention_args(
      q: UnsafePointer(worker.queries.pointer), queries: count, head_dim: layout.headDimension,
      scale: 1 / Float(layout.headDimension).squareRoot(), k_pages: sequence.keys,
      v_pages: sequence.values, head_offset: kvHead * layout.headBytes,
      page_tokens: layout.pageTokens, visible: UnsafePointer(worker.visible.pointer),
      tree: words > 0 ? UnsafePointer(worker.tree.pointer) : nil, tree_words: words,
      tree_base: UInt32(sequence.base), out: UnsafePointer(worker.outputs.pointer),
      partial: call.part.map { partials + $0.partials + (tile * $0.of + $0.index) * perPart },
      part_first: call.part?.slots.lowerBound ?? 0, part_end: call.part?.slots.upperBound ?? 0)
  }
}
