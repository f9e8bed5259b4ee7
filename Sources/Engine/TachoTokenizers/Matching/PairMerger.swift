// SPDX-License-Identifier: Apache-2.0

/// Knows what two neighbouring symbols of a word become.
protocol PairMerges {
  /// The merge of `left` and `right`, which cover the word's bytes `start ..< end`.
  func merge(_ left: Int32, _ right: Int32, _ start: Int, _ end: Int) -> PairMerge
}

/// Merges neighbouring symbols of a word, lowest rank first and leftmost among equals, until no
/// pair is left. Keeps its buffers between words.
///
/// Short words are searched again after each merge; long ones use a heap, so that a word of n
/// symbols takes O(n log n).
struct PairMerger {
  /// Symbols of the word: the caller fills them in, `run` leaves the merged ones.
  var symbols: [Int32] = []
  /// Byte offset of every symbol in the word, and of the end.
  var starts: [Int] = []

  private var pairs: [PairMerge] = []
  private var previous: [Int32] = []
  private var next: [Int32] = []
  private var heap = MinimumHeap()

  /// Words up to this many symbols are searched without a heap.
  private static let shortWord = 40

  mutating func removeAll() {
    symbols.removeAll(keepingCapacity: true)
    starts.removeAll(keepingCapacity: true)
  }

  /// Merges `symbols` as far as `merges` allows.
  mutating func run(_ merges: some PairMerges) {
    guard symbols.count > 1 else { return }
    pairs.removeAll(keepingCapacity: true)
    for index in 0..<symbols.count - 1 { pairs.append(pair(index, index + 1, index + 2, merges)) }
    if symbols.count <= Self.shortWord { runShort(merges) } else { runLong(merges) }
  }

  private func pair(
    _ left: Int, _ right: Int, _ end: Int, _ merges: some PairMerges
  ) -> PairMerge {
    merges.merge(symbols[left], symbols[right], starts[left], starts[end])
  }

  private mutating func runShort(_ merges: some PairMerges) {
    while true {
      var best = 0
      for index in pairs.indices where pairs[index].rank < pairs[best].rank { best = index }
      guard !pairs.isEmpty, pairs[best].rank < .max else { return }
      symbols[best] = pairs[best].symbol
      symbols.remove(at: best + 1)
      starts.remove(at: best + 1)
      pairs.remove(at: best)
      if best > 0 { pairs[best - 1] = pair(best - 1, best, best + 1, merges) }
      if best < pairs.count { pairs[best] = pair(best, best + 1, best + 2, merges) }
    }
  }

  /// The same with links between living symbols and a heap of (rank, position); an entry is stale
  /// when the pair at its position has another rank by now.
  private mutating func runLong(_ merges: some PairMerges) {
    let count = symbols.count
    previous = (0..<count).map { Int32(truncatingIfNeeded: $0 - 1) }
    next = (0..<count).map { Int32(truncatingIfNeeded: $0 + 1) }
    pairs.append(.never)
    heap.removeAll()
    for index in 0..<count where pairs[index].rank < .max { heap.append(key(index)) }
    heap.order()

    while let key = heap.removeMinimum() {
      let left = Int(key & 0xffff_ffff)
      let merge = pairs[left]
      guard merge.rank == UInt32(truncatingIfNeeded: key >> 32), merge.rank < .max else { continue }
      let right = Int(next[left])
      let after = Int(next[right])
      symbols[left] = merge.symbol
      symbols[right] = -1
      pairs[right] = .never
      next[left] = Int32(truncatingIfNeeded: after)
      if after < count { previous[after] = Int32(truncatingIfNeeded: left) }
      update(left, merges)
      if previous[left] >= 0 { update(Int(previous[left]), merges) }
    }
    compact()
  }

  private func key(_ position: Int) -> UInt64 {
    UInt64(pairs[position].rank) << 32 | UInt64(UInt32(truncatingIfNeeded: position))
  }

  /// Looks up the pair that starts at `left` again.
  private mutating func update(_ left: Int, _ merges: some PairMerges) {
    let right = Int(next[left])
    pairs[left] = right < symbols.count ? pair(left, right, Int(next[right]), merges) : .never
    if pairs[left].rank < .max { heap.insert(key(left)) }
  }

  private mutating func compact() {
    var kept = 0
    var index = 0
    while index < symbols.count {
      symbols[kept] = symbols[index]
      starts[kept] = starts[index]
      kept += 1
      index = Int(next[index])
    }
    let end = starts[starts.count - 1]
    symbols.removeLast(symbols.count - kept)
    starts.removeLast(starts.count - kept)
    starts.append(end)
  }
}

/// A binary heap that gives its smallest number first.
struct MinimumHeap {
  private var keys: [UInt64] = []

  mutating func removeAll() {
    keys.removeAll(keepingCapacity: true)
  }

  /// Adds a key without keeping order; call `order` after the last one.
  mutating func append(_ key: UInt64) {
    keys.append(key)
  }

  /// Makes a heap of what was appended, in linear time.
  mutating func order() {
    for index in stride(from: keys.count / 2 - 1, through: 0, by: -1) { sink(index) }
  }

  mutating func insert(_ key: UInt64) {
    var index = keys.count
    keys.append(key)
    while index > 0 {
      let parent = (index - 1) / 2
      guard keys[parent] > key else { break }
      keys[index] = keys[parent]
      index = parent
    }
    keys[index] = key
  }

  mutating func removeMinimum() -> UInt64? {
    guard let smallest = keys.first, let last = keys.popLast() else { return nil }
    if !keys.isEmpty {
      keys[0] = last
      sink(0)
    }
    return smallest
  }

  private mutating func sink(_ start: Int) {
    let key = keys[start]
    var index = start
    while true {
      var child = index * 2 + 1
      guard child < keys.count else { break }
      if child + 1 < keys.count, keys[child + 1] < keys[child] { child += 1 }
      guard keys[child] < key else { break }
      keys[index] = keys[child]
      index = child
    }
    keys[index] = key
  }
}
