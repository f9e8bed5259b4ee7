// SPDX-License-Identifier: Apache-2.0

/// Byte strings with small ids and a hash lookup that copies nothing: a vocabulary and the
/// symbols its merges pass through.
struct SymbolTable: Sendable {
  /// The longest string held; nothing longer can be found.
  private(set) var longest = 0
  private var storage: [UInt8] = []
  private var starts: [Int] = [0]
  /// Open addressing over ids, -1 for free; the size is a power of two above twice the count.
  private var slots: [Int32]
  private var held = 0

  init(minimumCapacity: Int = 16) {
    var size = 64
    while size < minimumCapacity * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    starts.reserveCapacity(minimumCapacity + 1)
  }

  /// Ids given out so far.
  var count: Int { starts.count - 1 }

  /// The string of `id`.
  func bytes(_ id: Int) -> ArraySlice<UInt8> {
    storage[starts[id]..<starts[id + 1]]
  }

  /// Gives the next id to `string`. An id whose string is empty or already held stays unfindable.
  mutating func append(_ string: [UInt8]) {
    let id = Int32(truncatingIfNeeded: count)
    let known = string.isEmpty || find(string) >= 0
    storage += string
    starts.append(storage.count)
    guard !known else { return }
    longest = max(longest, string.count)
    held += 1
    if held * 2 > slots.count { grow() } else { insert(id) }
  }

  /// The id of `string`, giving it the next one if it is new.
  mutating func intern(_ string: [UInt8]) -> Int32 {
    let found = find(string)
    if found >= 0 { return found }
    append(string)
    return Int32(truncatingIfNeeded: count - 1)
  }

  /// The id of `string`, or -1.
  func find(_ string: [UInt8]) -> Int32 {
    string.withUnsafeBufferPointer { find($0) }
  }

  /// The id of the bytes, or -1.
  func find(_ string: UnsafeBufferPointer<UInt8>) -> Int32 {
    guard !string.isEmpty, string.count <= longest else { return -1 }
    return slots.withUnsafeBufferPointer { slots in
      storage.withUnsafeBufferPointer { storage in
        starts.withUnsafeBufferPointer { starts in
          let mask = slots.count - 1
          var slot = Self.hash(string) & mask
          while slots[slot] >= 0 {
            let id = Int(slots[slot])
            let start = starts[id]
            if starts[id + 1] - start == string.count,
              Self.equal(storage, start, string)
            {
              return slots[slot]
            }
            slot = (slot + 1) & mask
          }
          return -1
        }
      }
    }
  }

  private static func equal(
    _ storage: UnsafeBufferPointer<UInt8>, _ start: Int, _ string: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    for index in 0..<string.count where storage[start + index] != string[index] { return false }
    return true
  }

  /// FNV-1a with a final mix, so that the low bits depend on every byte.
  private static func hash(_ string: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in string { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash ^= hash >> 29
    return Int(truncatingIfNeeded: hash & 0x7fff_ffff_ffff_ffff)
  }

  private mutating func insert(_ id: Int32) {
    let start = starts[Int(id)]
    let end = starts[Int(id) + 1]
    let hash = storage.withUnsafeBufferPointer {
      Self.hash(UnsafeBufferPointer(rebasing: $0[start..<end]))
    }
    let mask = slots.count - 1
    var slot = hash & mask
    while slots[slot] >= 0 { slot = (slot + 1) & mask }
    slots[slot] = id
  }

  private mutating func grow() {
    let ids = slots.filter { $0 >= 0 } + [Int32(truncatingIfNeeded: count - 1)]
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for id in ids { insert(id) }
  }
}
