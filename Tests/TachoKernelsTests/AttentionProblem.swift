// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import Foundation
import TachoKernels

/// Random queries of one KV head and pages of two, written by the reference kernel; runnable by any
/// variant, and computed in float64 from what the pages' bytes mean.
struct AttentionProblem {
  static let kvHeads = 2

  let headDimension: Int
  let pageTokens: Int
  let visible: [UInt32]
  let format: KVFormat
  let scale: Float
  let queries: [AlignedBuffer<Float>]
  let keyPages: [AlignedBuffer<UInt8>]
  let valuePages: [AlignedBuffer<UInt8>]
  let tree: [UInt64]?
  let treeBase: UInt32

  /// Queries are `queryScale` times normal numbers, keys and values `dataScale` times.
  init(
    seed: UInt64, headDimension: Int, pageTokens: Int, visible: [Int], format: KVFormat,
    tree: Bool = false, queryScale: Float = 1, dataScale: Float = 1
  ) throws {
    var random = TestRandom(seed: seed)
    self.headDimension = headDimension
    self.pageTokens = pageTokens
    self.visible = visible.map(UInt32.init)
    self.format = format
    scale = 1 / Float(headDimension).squareRoot()
    let tokens = visible.max() ?? 0
    let pages = (tokens + pageTokens - 1) / pageTokens
    queries = visible.map { _ in
      let buffer = AlignedBuffer<Float>(count: headDimension)
      for index in 0..<headDimension { buffer.pointer[index] = queryScale * random.normal() }
      return buffer
    }
    let bytes = Self.kvHeads * format.bytes(of: headDimension * pageTokens)
    keyPages = (0..<pages).map { _ in AlignedBuffer(count: bytes) }
    valuePages = (0..<pages).map { _ in AlignedBuffer(count: bytes) }
    let write = try KernelTable(isa: .ref).kvWrite(format)
    let width = Self.kvHeads * headDimension
    for slot in 0..<pages * pageTokens {
      let source = (0..<2 * width).map { _ in dataScale * random.normal() }
      Self.write(
        write, source, keyPages[slot / pageTokens], valuePages[slot / pageTokens],
        headDimension: headDimension, pageTokens: pageTokens, slot: slot % pageTokens)
    }
    treeBase = UInt32(tokens / 2)
    // Every query sees something even where the prefix before the tree is empty: bit 0 is set.
    let words = (tokens + 63) / 64
    self.tree = tree ? visible.flatMap { _ in (0..<words).map { _ in random.next() | 1 } } : nil
  }

  /// Writes K, then V, of all heads into a slot.
  static func write(
    _ kernel: KernelTable.KVWrite?, _ source: [Float], _ keys: AlignedBuffer<UInt8>,
    _ values: AlignedBuffer<UInt8>, headDimension: Int, pageTokens: Int, slot: Int
  ) {
    source.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      var args = tk_kv_write_args(
        k: base, v: base + source.count / 2, k_page: keys.pointer, v_page: values.pointer,
        kv_heads: source.count / 2 / headDimension, head_dim: headDimension,
        page_tokens: pageTokens, slot: slot)
      kernel?(&args)
    }
  }

  /// The second head's results; with `partTokens`, in parts that are merged.
  func run(_ choice: KernelChoice, partTokens: Int? = nil) throws -> [Float] {
    let kernels = try choice.table()
    let scratch = AlignedBuffer<UInt8>(
      count: tk_attention_scratch_bytes(headDimension, pageTokens))
    let results = queries.map { _ in AlignedBuffer<Float>(count: headDimension) }
    let q = queries.map { Optional(UnsafePointer($0.pointer)) }
    let out = results.map { Optional($0.pointer) }
    let k = keyPages.map { Optional(UnsafeRawPointer($0.pointer)) }
    let v = valuePages.map { Optional(UnsafeRawPointer($0.pointer)) }
    let tokens = Int(visible.max() ?? 0)
    let parts = partTokens.map { (tokens + $0 - 1) / $0 } ?? 1
    let stride = queries.count * tk_attention_partial_count(headDimension)
    let partials = AlignedBuffer<Float>(count: parts * stride)
    let kernel = kernels.attention(format)
    for part in 0..<parts {
      q.withUnsafeBufferPointer { q in
        out.withUnsafeBufferPointer { out in
          k.withUnsafeBufferPointer { k in
            v.withUnsafeBufferPointer { v in
              visible.withUnsafeBufferPointer { visible in
                (tree ?? []).withUnsafeBufferPointer { words in
                  var args = tk_attention_args(
                    q: q.baseAddress, queries: queries.count, head_dim: headDimension,
                    scale: scale, k_pages: k.baseAddress, v_pages: v.baseAddress,
                    head_offset: format.bytes(of: headDimension * pageTokens),
                    page_tokens: pageTokens, visible: visible.baseAddress,
                    tree: tree == nil ? nil : words.baseAddress,
                    tree_words: words.count / max(1, queries.count), tree_base: treeBase,
                    out: out.baseAddress,
                    partial: partTokens == nil ? nil : partials.pointer + part * stride,
                    part_first: part * (partTokens ?? 0), part_end: (part + 1) * (partTokens ?? 0))
                  kernel?(&args, scratch.pointer)
                }
              }
            }
          }
        }
      }
    }
    if partTokens != nil {
      for (index, result) in results.enumerated() {
        kernels.attentionMerge(
          partials.pointer + index * tk_attention_partial_count(headDimension), parts, stride,
          headDimension, result.pointer)
      }
    }
    return results.flatMap { Array($0.buffer) }
  }

  /// The same in float64 from the dequantised keys and values.
  func expected() -> [Float] {
    let tokens = keyPages.count * pageTokens
    let keys = (0..<tokens).map { decode(slot: $0, transposed: true) }
    let values = (0..<tokens).map { decode(slot: $0, transposed: false) }
    return queries.indices.flatMap { query -> [Float] in
      let slots = (0..<Int(visible[query])).filter { sees(query, $0) }
      let scores = slots.map { slot in
        (0..<headDimension).reduce(0.0) {
          $0 + Double(queries[query].pointer[$1]) * keys[slot][$1]
        } * Double(scale)
      }
      let largest = scores.max() ?? 0
      let weights = scores.map { exp($0 - largest) }
      let total = weights.reduce(0, +)
      return (0..<headDimension).map { index in
        let sum = zip(slots, weights).reduce(0.0) { $0 + $1.1 * values[$1.0][index] }
        return total > 0 ? Float(sum / total) : 0
      }
    }
  }

  private func sees(_ query: Int, _ slot: Int) -> Bool {
    guard let tree, slot >= treeBase else { return true }
    let bit = slot - Int(treeBase)
    let words = tree.count / queries.count
    return bit / 64 < words && tree[query * words + bit / 64] >> UInt64(bit % 64) & 1 == 1
  }

  /// The second head's key (or value) in a slot, by the layouts in `ops.h`.
  private func decode(slot: Int, transposed: Bool) -> [Double] {
    let page = (transposed ? keyPages : valuePages)[slot / pageTokens]
    return Self.decode(
      UnsafeRawPointer(page.pointer) + format.bytes(of: headDimension * pageTokens), format,
      headDimension: headDimension, pageTokens: pageTokens, slot: slot % pageTokens,
      transposed: transposed)
  }

  static func decode(
    _ head: UnsafeRawPointer, _ format: KVFormat, headDimension: Int, pageTokens: Int, slot: Int,
    transposed: Bool
  ) -> [Double] {
    /// Index of row `row`'s entry for the slot, where a slot has `rows` entries.
    func at(_ row: Int, of rows: Int) -> Int {
      transposed ? row * pageTokens + slot : slot * rows + row
    }
    func half(_ index: Int, after bytes: Int = 0) -> UInt16 {
      head.load(fromByteOffset: bytes + 2 * index, as: UInt16.self)
    }
    let count = headDimension * pageTokens
    return (0..<headDimension).map { index in
      let block = at(index / 32, of: headDimension / 32)
      switch format {
      case .f32:
        return Double(
          head.load(fromByteOffset: 4 * at(index, of: headDimension), as: Float.self))
      case .f16: return Double(tk_half_to_float(half(at(index, of: headDimension))))
      case .bf16: return Double(tk_bfloat_to_float(half(at(index, of: headDimension))))
      case .q8_0:
        let code = head.load(fromByteOffset: at(index, of: headDimension), as: Int8.self)
        return Double(tk_half_to_float(half(block, after: count))) * Double(code)
      case .q4_0:
        let row = index / 32 * 16 + index % 16
        let byte = head.load(fromByteOffset: at(row, of: headDimension / 2), as: UInt8.self)
        let code = Int(index % 32 < 16 ? byte & 15 : byte >> 4) - 8
        return Double(tk_half_to_float(half(block, after: count / 2))) * Double(code)
      }
    }
  }
}
