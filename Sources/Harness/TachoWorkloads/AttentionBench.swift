// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoCatalog
import TachoEngine
import TachoKernels

/// Attention as one layer does it, through the engine's own division into calls: `kernel.batch`
/// sequences that hold `kernel.depth` tokens, with the last `kernel.query_rows` of them as queries.
///
/// One query row is decode; as many as the depth is prefill. `kernel.working_set_mib` rotates through
/// layers, so that caches do not hold the pages.
final class AttentionBench: KernelBench {
  private static let headDimension = 64

  private let depth: Int
  private let queryRows: Int
  private let heads: Int
  private let layout: KVLayout
  /// The pages of each copy.
  private let pages: [[KVPage]]
  private let pool = KVPagePool()
  private let scratch = AttentionScratch()
  private let keys: AlignedBuffer<UnsafeRawPointer?>
  private let values: AlignedBuffer<UnsafeRawPointer?>
  private let queries: AlignedBuffer<Float>
  private let output: AlignedBuffer<Float>
  private let launches: [AttentionLaunch]

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    depth = settings.int("kernel.depth")
    queryRows = settings.int("kernel.query_rows")
    heads = settings.int("kernel.heads")
    let batch = settings.int("kernel.batch")
    let kvHeads = settings.int("kernel.kv_heads")
    guard heads % kvHeads == 0 else {
      throw WorkloadError(
        .badConfiguration, "kernel.heads \(heads) is not a multiple of kernel.kv_heads \(kvHeads)")
    }
    guard queryRows <= depth else {
      throw WorkloadError(
        .badConfiguration,
        "kernel.query_rows \(queryRows) exceeds kernel.depth \(depth): queries are its last tokens")
    }
    let layout = KVLayout(
      heads: kvHeads, headDimension: Self.headDimension, pageTokens: engine.pageTokens,
      format: engine.kvFormat)
    try layout.check()
    self.layout = layout
    let perSequence = (depth + layout.pageTokens - 1) / layout.pageTokens
    let perCopy = perSequence * batch
    let copyBytes = perCopy * layout.pageBytes
    let copies = max(1, (settings.int("kernel.working_set_mib") << 20) / copyBytes)
    guard copies * copyBytes < 1 << 36 else {
      throw WorkloadError(
        .badConfiguration, "kernel.depth \(depth) times kernel.batch \(batch) exceeds 64 GiB")
    }
    let width = heads * Self.headDimension
    guard batch * queryRows * width < 1 << 32 else {
      throw WorkloadError(
        .badConfiguration,
        "kernel.query_rows \(queryRows) times kernel.batch \(batch) exceeds 32 GiB")
    }
    pages = try Self.makePages(pool, layout, copies: copies, perCopy: perCopy)
    keys = AlignedBuffer(count: copies * perCopy)
    values = AlignedBuffer(count: copies * perCopy)
    for (index, page) in pages.joined().enumerated() {
      keys.pointer[index] = UnsafeRawPointer(page.keys)
      values.pointer[index] = UnsafeRawPointer(page.values)
    }
    queries = AlignedBuffer(count: batch * queryRows * width)
    output = AlignedBuffer(count: batch * queryRows * width)
    var random = RandomSource(seed: 6)
    for index in 0..<queries.count { queries.pointer[index] = Float(random.nextUnit() * 2 - 1) }
    let (rows, base) = (queryRows, depth - queryRows)
    let (heads, keys, values) = (heads, keys, values)
    launches = (0..<copies).map { copy in
      AttentionLaunch(
        layout: layout, heads: heads,
        sequences: (0..<batch).map { sequence in
          let first = copy * perCopy + sequence * perSequence
          return AttentionLaunch.Sequence(
            rows: sequence * rows..<(sequence + 1) * rows, base: base,
            keys: UnsafePointer(keys.pointer + first),
            values: UnsafePointer(values.pointer + first))
        }, partTokens: engine.attentionPartTokens)
    }
  }

  /// Pages of random keys and values, written by the reference kernel; the copies lie interleaved, as
  /// the layers of a growing sequence do.
  private static func makePages(
    _ pool: KVPagePool, _ layout: KVLayout, copies: Int, perCopy: Int
  ) throws -> [[KVPage]] {
    let write = try KernelTable(isa: .ref).kvWrite(layout.format)
    let width = layout.heads * layout.headDimension
    let source = AlignedBuffer<Float>(count: 2 * width)
    var random = RandomSource(seed: 5)
    var pages = [[KVPage]](repeating: [], count: copies)
    for _ in 0..<perCopy {
      let page = pool.makePage(layout)
      for slot in 0..<layout.pageTokens {
        for index in 0..<source.count {
          source.pointer[index] = Float(random.nextUnit() * 2 - 1)
        }
        var args = tk_kv_write_args(
          k: UnsafePointer(source.pointer), v: UnsafePointer(source.pointer + width),
          k_page: page.keys, v_page: page.values, kv_heads: layout.heads,
          head_dim: layout.headDimension, page_tokens: layout.pageTokens, slot: slot)
        write?(&args)
      }
      pages[0].append(page)
      for copy in 1..<max(1, copies) { pages[copy].append(pool.copy(page)) }
    }
    return pages
  }

  var facts: [String: ConfigurationValue] {
    [
      "kernel.query_heads_per_kv_head": .int(heads / layout.heads),
      "kernel.head_dimension": .int(Self.headDimension), "kernel.copies": .int(launches.count),
      "kv.format": .string(layout.format.rawValue),
      "kernel.arithmetic": "f32",
    ]
  }

  /// Slots that the query rows see, and the pages' bytes read once.
  var work: KernelWork {
    let sequences = Double(queries.count / (queryRows * heads * Self.headDimension))
    let seen = Double(queryRows) * Double(2 * depth - queryRows + 1) / 2
    return KernelWork(
      flops: 4 * sequences * seen * Double(heads * Self.headDimension),
      kvBytes: sequences * Double(depth * layout.tokenBytes))
  }

  var hasResult: Bool { true }

  func reserve(_ compute: Compute) {
    compute.reserveScratch(
      columns: 64, headDimension: Self.headDimension, pageTokens: layout.pageTokens)
  }

  func run(_ compute: Compute, iteration: Int) {
    launches[iteration % launches.count].run(
      compute, queries: UnsafePointer(queries.pointer), output: output.pointer, scratch: scratch)
  }

  func operands(_ iteration: Int) -> [CacheOperand] {
    pages[iteration % launches.count].map { CacheOperand(.weights, $0.keys, layout.pageBytes) } + [
      CacheOperand(.activations, queries.pointer, 4 * queries.count),
      CacheOperand(.activations, output.pointer, 4 * output.count),
    ]
  }

  func result() -> [Float] { Array(output.buffer) }
}
