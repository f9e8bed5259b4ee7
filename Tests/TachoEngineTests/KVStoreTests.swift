// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels
import Testing

/// The paged store against a model of plain arrays, one per sequence.
@Suite struct KVStoreTests {
  /// Two layers of different shapes, so that no test passes by mixing them up.
  static let layouts = [
    KVLayout(heads: 2, headDimension: 16, pageTokens: 16, format: .f32),
    KVLayout(heads: 1, headDimension: 32, pageTokens: 32, format: .f16),
  ]

  /// What every slot should hold: a number for each token ever appended.
  private struct Model {
    var contents: [SequenceID: [UInt16]] = [:]
    var next: UInt16 = 1
  }

  @Test(arguments: 1...8)
  func randomHistoriesMatchPlainArrays(_ seed: Int) throws {
    var random = RandomSource(seed: UInt64(seed))
    let store = KVStore(layouts: Self.layouts)
    var model = Model()
    for step in 0..<150 {
      let live = model.contents.keys.sorted { $0.rawValue < $1.rawValue }
      let chosen = live.isEmpty ? nil : live[random.below(live.count)]
      switch (random.below(10), chosen) {
      case (0, _), (_, nil): model.contents[store.makeSequence()] = []
      case (1...2, let id?) where live.count < 9:
        model.contents[try store.fork(id)] = model.contents[id]
      case (3, let id?) where live.count > 2:
        store.release(id)
        model.contents[id] = nil
        #expect(throws: EngineError.self) { try store.length(of: id) }
      case (4...5, let id?):
        let length = random.below((model.contents[id]?.count ?? 0) * 5 / 4 + 2)
        try store.rollback(id, to: length)
        model.contents[id] = Array((model.contents[id] ?? []).prefix(length))
      case (_, let id?): try append(1 + random.below(40), to: id, store, &model)
      }
      if step % 3 == 0 || step > 140 { try check(store, model, "seed \(seed) step \(step)") }
    }
    for id in model.contents.keys { store.release(id) }
    #expect(store.pool.bytesInUse == 0, "seed \(seed)")
    #expect(store.pool.peakBytes > 0)
  }

  /// Appends, then writes the new slots as a forward pass would: only those.
  private func append(
    _ count: Int, to id: SequenceID, _ store: KVStore, _ model: inout Model
  ) throws {
    let base = model.contents[id]?.count ?? 0
    try store.append(count, to: id)
    let tables = try store.layouts.indices.map { try store.pages(of: id, layer: $0) }
    for slot in base..<base + count {
      for (pages, layout) in zip(tables, store.layouts) {
        write(model.next, page: pages[slot / layout.pageTokens], slot: slot % layout.pageTokens)
      }
      model.contents[id]?.append(model.next)
      model.next &+= 1
    }
  }

  private func check(_ store: KVStore, _ model: Model, _ context: String) throws {
    var distinct: Set<UnsafeMutableRawPointer> = []
    var bytes = 0
    for (id, contents) in model.contents {
      #expect(try store.length(of: id) == contents.count, "\(context)")
      for layer in store.layouts.indices {
        let layout = store.layouts[layer]
        let pages = try store.pages(of: id, layer: layer)
        #expect(try store.length(of: id, layer: layer) == contents.count, "\(context)")
        #expect(
          pages.count == (contents.count + layout.pageTokens - 1) / layout.pageTokens, "\(context)")
        let same = contents.indices.allSatisfy { slot in
          holds(contents[slot], pages[slot / layout.pageTokens], slot % layout.pageTokens)
        }
        #expect(same, "\(context): sequence \(id.rawValue) layer \(layer)")
        for page in pages where distinct.insert(page.keys).inserted { bytes += layout.pageBytes }
      }
    }
    // Shared pages count once, and nothing else is held.
    #expect(store.pool.bytesInUse == bytes, "\(context)")
  }

  /// The first and last element of the slot's K and V in every head.
  private func places(_ page: KVPage, _ slot: Int) -> [UnsafeMutableRawPointer] {
    let layout = page.layout
    let size = layout.format.blockBytes
    var places: [UnsafeMutableRawPointer] = []
    for head in 0..<layout.heads {
      for element in [0, layout.headDimension - 1] {
        let key = element * layout.pageTokens + slot
        let value = slot * layout.headDimension + element
        places.append(page.keys + head * layout.headBytes + key * size)
        places.append(page.values + head * layout.headBytes + value * size)
      }
    }
    return places
  }

  private func write(_ value: UInt16, page: KVPage, slot: Int) {
    for (index, place) in places(page, slot).enumerated() {
      place.storeBytes(of: value &+ UInt16(index), as: UInt16.self)
    }
  }

  private func holds(_ value: UInt16, _ page: KVPage, _ slot: Int) -> Bool {
    places(page, slot).enumerated().allSatisfy { index, place in
      place.load(as: UInt16.self) == value &+ UInt16(index)
    }
  }

  @Test func pagesAreSharedUntilWritten() throws {
    let store = KVStore(layouts: [Self.layouts[0]])
    let first = store.makeSequence()
    try store.append(20, to: first)
    let page = Self.layouts[0].pageBytes
    #expect(store.pool.bytesInUse == 2 * page)
    let second = try store.fork(first)
    #expect(store.pool.bytesInUse == 2 * page)
    // Only the page that is written is copied, and only once.
    try store.append(1, to: second)
    #expect(store.pool.bytesInUse == 3 * page)
    try store.append(1, to: second)
    try store.append(1, to: first)
    #expect(store.pool.bytesInUse == 3 * page)
    #expect(
      try store.pages(of: first, layer: 0)[0].keys == store.pages(of: second, layer: 0)[0].keys)
    // A fork at a page boundary copies nothing.
    try store.rollback(first, to: 16)
    let third = try store.fork(first)
    #expect(store.pool.bytesInUse == 2 * page)
    try store.append(1, to: third)
    #expect(store.pool.bytesInUse == 3 * page)
  }

  /// Steady decoding: what is released is handed out again.
  @Test func memoryIsReused() throws {
    let store = KVStore(layouts: [Self.layouts[0]])
    var seen: Set<UnsafeMutableRawPointer> = []
    for _ in 0..<50 {
      let sequence = store.makeSequence()
      try store.append(40, to: sequence)
      seen.formUnion(try store.pages(of: sequence, layer: 0).map(\.keys))
      store.release(sequence)
    }
    #expect(seen.count == 3)
    #expect(store.pool.bytesInUse == 0)
    #expect(store.pool.peakBytes == 3 * Self.layouts[0].pageBytes)
  }

  @Test func memoryIsNotReusedForAnotherLayout() throws {
    let pool = KVPagePool()
    var small: KVPage? = pool.makePage(Self.layouts[0])
    let keys = small?.keys
    small = nil
    let other = pool.makePage(Self.layouts[1])
    #expect(other.keys != keys)
    #expect(pool.makePage(Self.layouts[0]).keys == keys)
  }

  /// Bytes really stored, scales and all.
  @Test func layoutsCountTheirScales() {
    func layout(_ format: KVFormat) -> KVLayout {
      KVLayout(heads: 4, headDimension: 64, pageTokens: 16, format: format)
    }
    // 64 elements: 2 blocks of 34 or 18 bytes; 4 heads, K and V.
    let tokenBytes: [KVFormat: Int] = [
      .f32: 2048, .f16: 1024, .bf16: 1024, .q8_0: 544, .q4_0: 288,
    ]
    for format in KVFormat.allCases {
      #expect(layout(format).tokenBytes == tokenBytes[format])
      #expect(layout(format).pageBytes == 16 * layout(format).tokenBytes)
      #expect(layout(format).headBytes * 8 == layout(format).pageBytes)
    }
  }

  /// Pages of a slab lie side by side and do not overlap, whatever their size.
  @Test func pagesDoNotOverlap() {
    for format in [KVFormat.q4_0, .f32] {
      for tokens in [16, 48, 1024] {
        let pool = KVPagePool()
        let layout = KVLayout(heads: 3, headDimension: 32, pageTokens: tokens, format: format)
        let pages = (0..<1 + (5 << 20) / layout.pageBytes).map { _ in pool.makePage(layout) }
        let begins = pages.map { Int(bitPattern: $0.keys) }.sorted()
        #expect(begins.allSatisfy { $0 % 64 == 0 })
        #expect(zip(begins, begins.dropFirst()).allSatisfy { $1 - $0 >= layout.pageBytes })
        #expect(pool.bytesInUse == pages.count * layout.pageBytes)
      }
    }
  }

  @Test func aPageOutlivesItsPool() {
    var pool: KVPagePool? = KVPagePool()
    let page = pool?.makePage(Self.layouts[0])
    pool = nil
    page?.keys.storeBytes(of: 7, as: UInt16.self)
    #expect(page?.keys.load(as: UInt16.self) == 7)
  }

  @Test func impossibleRequestsAreErrors() throws {
    let store = KVStore(layouts: Self.layouts)
    let sequence = store.makeSequence()
    try store.append(5, to: sequence)
    #expect(throws: EngineError.self) { try store.append(-1, to: sequence) }
    #expect(throws: EngineError.self) { try store.append(Int.max, to: sequence) }
    #expect(throws: EngineError.self) { try store.rollback(sequence, to: -1) }
    #expect(try store.length(of: sequence) == 5)
    store.release(sequence)
    store.release(sequence)
    #expect(throws: EngineError.self) { try store.append(1, to: sequence) }
    #expect(throws: EngineError.self) { try store.fork(sequence) }
    #expect(throws: EngineError.self) { try store.rollback(sequence, to: 0) }
    #expect(throws: EngineError.self) { try store.pages(of: sequence, layer: 0) }
    #expect(store.makeSequence() != sequence)
  }
}
