// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoCatalog
import TachoEngine
import TachoKernels

/// Decode attention as one layer does it: eight KV heads of four query heads each, head dimension 64,
/// `kernel.batch` sequences of `kernel.depth` tokens.
final class AttentionBench: KernelBench {
  private static let kvHeads = 8
  private static let group = 4
  private static let headDimension = 64

  private let depth: Int
  private let batch: Int
  private let layout: KVLayout
  private let pages: [AlignedBuffer<UInt8>]
  private let keys: AlignedBuffer<UInt>
  private let values: AlignedBuffer<UInt>
  private let queries: AlignedBuffer<Float>
  private let output: AlignedBuffer<Float>

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    depth = settings.int("kernel.depth")
    batch = settings.int("kernel.batch")
    let layout = KVLayout(
      heads: Self.kvHeads, headDimension: Self.headDimension, pageTokens: engine.pageTokens,
      format: engine.kvFormat)
    self.layout = layout
    let perSequence = (depth + layout.pageTokens - 1) / layout.pageTokens
    guard perSequence * batch * layout.pageBytes < 1 << 36 else {
      throw WorkloadError(
        .badConfiguration, "kernel.depth \(depth) times kernel.batch \(batch) exceeds 64 GiB")
    }
    var random = RandomSource(seed: 5)
    pages = (0..<perSequence * batch).map { _ in
      let page = AlignedBuffer<UInt8>(count: layout.pageBytes)
      let raw = UnsafeMutableRawPointer(page.pointer)
      for index in 0..<layout.pageBytes / layout.format.elementBytes {
        let value = Float(random.nextUnit() * 2 - 1)
        if layout.format == .f16 {
          raw.storeBytes(of: tk_float_to_half(value), toByteOffset: 2 * index, as: UInt16.self)
        } else {
          raw.storeBytes(of: value, toByteOffset: 4 * index, as: Float.self)
        }
      }
      return page
    }
    keys = AlignedBuffer(count: pages.count)
    values = AlignedBuffer(count: pages.count)
    for (index, page) in pages.enumerated() {
      keys.pointer[index] = UInt(bitPattern: page.pointer)
      values.pointer[index] = UInt(bitPattern: page.pointer + layout.pageBytes / 2)
    }
    let width = Self.kvHeads * Self.group * Self.headDimension
    queries = AlignedBuffer(count: batch * width)
    output = AlignedBuffer(count: batch * width)
    for index in 0..<queries.count { queries.pointer[index] = Float(random.nextUnit() * 2 - 1) }
  }

  var facts: [String: ConfigurationValue] {
    [
      "kernel.kv_heads": .int(Self.kvHeads), "kernel.query_heads_per_kv_head": .int(Self.group),
      "kernel.head_dimension": .int(Self.headDimension), "kernel.arithmetic": "f32",
    ]
  }

  var work: KernelWork {
    let slots = Double(depth * batch)
    return KernelWork(
      flops: 4 * slots * Double(Self.kvHeads * Self.group * Self.headDimension),
      kvBytes: slots * Double(layout.tokenBytes))
  }

  var hasResult: Bool { true }

  func reserve(_ compute: Compute) {
    compute.reserveScratch(
      columns: 64, headDimension: Self.headDimension, pageTokens: layout.pageTokens)
  }

  func run(_ compute: Compute, iteration: Int) {
    let kernel =
      layout.format == .f16 ? compute.kernels.attentionF16 : compute.kernels.attentionF32
    let perSequence = pages.count / batch
    let headDimension = Self.headDimension
    compute.pool.launch("attention", count: batch * Self.kvHeads, grain: 1) { worker, range in
      for item in range {
        let sequence = item / Self.kvHeads
        let head = item % Self.kvHeads
        let first = (item * Self.group) * headDimension
        withUnsafeTemporaryAllocation(
          of: UnsafePointer<Float>?.self, capacity: Self.group
        ) { q in
          withUnsafeTemporaryAllocation(
            of: UnsafeMutablePointer<Float>?.self, capacity: Self.group
          ) { out in
            withUnsafeTemporaryAllocation(of: UInt32.self, capacity: Self.group) { visible in
              for index in 0..<Self.group {
                q[index] = UnsafePointer(queries.pointer + first + index * headDimension)
                out[index] = output.pointer + first + index * headDimension
                visible[index] = UInt32(depth)
              }
              var args = tk_attention_args(
                q: q.baseAddress, queries: Self.group, head_dim: headDimension, scale: 0.125,
                k_pages: UnsafeRawPointer(keys.pointer + sequence * perSequence)
                  .assumingMemoryBound(to: UnsafeRawPointer?.self),
                v_pages: UnsafeRawPointer(values.pointer + sequence * perSequence)
                  .assumingMemoryBound(to: UnsafeRawPointer?.self),
                head_offset: head * layout.headBytes, page_tokens: layout.pageTokens,
                visible: visible.baseAddress, tree: nil, tree_words: 0, tree_base: 0,
                out: out.baseAddress)
              kernel(&args, compute.scratch(of: worker))
            }
          }
        }
      }
    }
  }

  func result() -> [Float] { Array(output.buffer) }
}
