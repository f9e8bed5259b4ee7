// SPDX-License-Identifier: Apache-2.0

/// What two neighbouring symbols become.
struct PairMerge: Sendable, Equatable {
  /// Lower is merged first.
  var rank: UInt32
  var symbol: Int32

  /// The rank of a pair that cannot be merged.
  static let never = PairMerge(rank: .max, symbol: -1)
}

/// Values of pairs of ids, by hash lookup: ranked merges, edges of a trie.
struct PairTable<Value: Sendable>: Sendable {
  /// A pair of ids packed into one word; `free` marks an empty slot (ids are never negative).
  private var keys: [UInt64]
  private var values: [Value]
  private let free = UInt64.max

  /// A table for at most `capacity` pairs; `empty` fills the slots that hold none.
  init(capacity: Int, empty: Value) {
    var size = 64
    while size < capacity * 2 { size *= 2 }
    keys = [UInt64](repeating: free, count: size)
    values = [Value](repeating: empty, count: size)
  }

  /// Adds a pair; a pair that is already there keeps its value unless `replacing`.
  mutating func insert(_ left: Int32, _ right: Int32, _ value: Value, replacing: Bool) {
    let key = Self.key(left, right)
    let mask = keys.count - 1
    var slot = Self.hash(key) & mask
    while keys[slot] != free, keys[slot] != key { slot = (slot + 1) & mask }
    guard keys[slot] == free || replacing else { return }
    keys[slot] = key
    values[slot] = value
  }

  /// The value of a pair, if there is one.
  func find(_ left: Int32, _ right: Int32) -> Value? {
    let key = Self.key(left, right)
    return keys.withUnsafeBufferPointer { keys in
      let mask = keys.count - 1
      var slot = Self.hash(key) & mask
      while true {
        let held = keys[slot]
        if held == key { return values[slot] }
        if held == free { return nil }
        slot = (slot + 1) & mask
      }
    }
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  private static func hash(_ key: UInt64) -> Int {
    let mixed = (key ^ key >> 31) &* 0x9e37_79b9_7f4a_7c15
    return Int(truncatingIfNeeded: mixed >> 20)
  }
}
