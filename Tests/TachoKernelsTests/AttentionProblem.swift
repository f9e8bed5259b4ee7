// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels

/// Random pages and queries of one KV head, runnable by any variant.
struct AttentionProblem {
  let headDimension: Int
  let pageTokens: Int
  let visible: [UInt32]
  let half: Bool
  let queries: [AlignedBuffer<Float>]
  let keyPages: [AlignedBuffer<UInt8>]
  let valuePages: [AlignedBuffer<UInt8>]
  let tree: [UInt64]?
  let treeBase: UInt32

  init(
    seed: UInt64, headDimension: Int, pageTokens: Int, visible: [Int], half: Bool, tree: Bool
  ) {
    var random = TestRandom(seed: seed)
    self.headDimension = headDimension
    self.pageTokens = pageTokens
    self.visible = visible.map(UInt32.init)
    self.half = half
    let tokens = visible.max() ?? 0
    let pages = (tokens + pageTokens - 1) / pageTokens
    queries = visible.map { _ in
      let buffer = AlignedBuffer<Float>(count: headDimension)
      for index in 0..<headDimension { buffer.pointer[index] = random.normal() }
      return buffer
    }
    func page() -> AlignedBuffer<UInt8> {
      let buffer = AlignedBuffer<UInt8>(count: headDimension * pageTokens * 4)
      let raw = UnsafeMutableRawPointer(buffer.pointer)
      for index in 0..<headDimension * pageTokens {
        if half {
          raw.storeBytes(
            of: tk_float_to_half(random.normal()), toByteOffset: 2 * index, as: UInt16.self)
        } else {
          raw.storeBytes(of: random.normal(), toByteOffset: 4 * index, as: Float.self)
        }
      }
      return buffer
    }
    keyPages = (0..<pages).map { _ in page() }
    valuePages = (0..<pages).map { _ in page() }
    treeBase = UInt32(tokens / 2)
    // Every query sees something even where the prefix before the tree is empty: bit 0 is set.
    let words = (tokens + 63) / 64
    self.tree = tree ? visible.flatMap { _ in (0..<words).map { _ in random.next() | 1 } } : nil
  }

  func run(_ choice: KernelChoice) throws -> [Float] {
    let kernels = try choice.table()
    let scratch = AlignedBuffer<UInt8>(
      count: tk_attention_scratch_bytes(headDimension, pageTokens))
    let results = queries.map { _ in AlignedBuffer<Float>(count: headDimension) }
    let q = queries.map { Optional(UnsafePointer($0.pointer)) }
    let out = results.map { Optional($0.pointer) }
    let k = keyPages.map { Optional(UnsafeRawPointer($0.pointer)) }
    let v = valuePages.map { Optional(UnsafeRawPointer($0.pointer)) }
    q.withUnsafeBufferPointer { q in
      out.withUnsafeBufferPointer { out in
        k.withUnsafeBufferPointer { k in
          v.withUnsafeBufferPointer { v in
            visible.withUnsafeBufferPointer { visible in
              (tree ?? []).withUnsafeBufferPointer { words in
                var args = tk_attention_args(
                  q: q.baseAddress, queries: queries.count, head_dim: headDimension,
                  scale: 0.125, k_pages: k.baseAddress, v_pages: v.baseAddress, head_offset: 0,
                  page_tokens: pageTokens, visible: visible.baseAddress,
                  tree: tree == nil ? nil : words.baseAddress,
                  tree_words: words.count / max(1, queries.count), tree_base: treeBase,
                  out: out.baseAddress)
                (half ? kernels.attentionF16 : kernels.attentionF32)(&args, scratch.pointer)
              }
            }
          }
        }
      }
    }
    return results.flatMap { Array($0.buffer) }
  }
}
