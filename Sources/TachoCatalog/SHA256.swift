// SPDX-License-Identifier: Apache-2.0

/// SHA-256 (FIPS 180-4), the identity of configurations, models and outputs.
///
/// Written here because the alternative, swift-crypto, builds all of BoringSSL for one hash.
package struct SHA256 {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19,
  ]
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  package init() {}

  /// Hex digest of a text's UTF-8 bytes.
  package static func hex(_ text: String) -> String {
    var hash = SHA256()
    var text = text
    text.withUTF8 { hash.update($0) }
    return hash.hexDigest()
  }

  package mutating func update(_ bytes: some Collection<UInt8>) {
    let done: Void? = bytes.withContiguousStorageIfAvailable { update($0) }
    if done == nil { Array(bytes).withUnsafeBufferPointer { update($0) } }
  }

  /// Whole blocks are taken from where they lie; only what is left over is copied.
  private mutating func update(_ bytes: UnsafeBufferPointer<UInt8>) {
    length += UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let taken = rest.prefix(64 - pending.count)
      pending.append(contentsOf: taken)
      rest = rest.dropFirst(taken.count)
      guard pending.count == 64 else { return }
      pending.withUnsafeBufferPointer { Self.compress(&state, $0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / 64 * 64
    if whole > 0 { Self.compress(&state, UnsafeBufferPointer(rebasing: rest.prefix(whole))) }
    pending.append(contentsOf: rest.dropFirst(whole))
  }

  package mutating func hexDigest() -> String {
    let bits = length &* 8
    var tail: [UInt8] = [0x80]
    tail += [UInt8](repeating: 0, count: (119 - pending.count % 64) % 64)
    for shift in stride(from: 56, through: 0, by: -8) {
      tail.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    update(tail)
    let digits = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    hex.reserveCapacity(64)
    for word in state {
      for shift in stride(from: UInt32(28), through: 0, by: -4) {
        hex.append(digits[Int(word >> shift & 15)])
      }
    }
    return String(decoding: hex, as: UTF8.self)
  }

  private static let constants: [UInt32] = {
    // First 32 bits of the fractional parts of the cube roots of the first 64 primes.
    var primes: [Int] = []
    var candidate = 2
    while primes.count < 64 {
      if primes.allSatisfy({ candidate % $0 != 0 }) { primes.append(candidate) }
      candidate += 1
    }
    return primes.map { prime in
      // floor(cbrt(prime) * 2^32) by integer search: exact, no libm.
      var low: UInt64 = 0
      var high: UInt64 = 1 << 36
      while low + 1 < high {
        let middle = (low + high) / 2
        let square = middle.multipliedFullWidth(by: middle)
        // middle^3 <= prime * 2^96, compared in 192 bits through the high halves.
        let lowPart = square.low.multipliedFullWidth(by: middle)
        let highPart = square.high.multipliedFullWidth(by: middle)
        let (mid, carry) = highPart.low.addingReportingOverflow(lowPart.high)
        let top = highPart.high + (carry ? 1 : 0)
        // value = top * 2^128 + mid * 2^64 + low; prime * 2^96 = (prime << 32) * 2^64.
        let limit = UInt64(prime) << 32
        if top == 0 && mid < limit { low = middle } else { high = middle }
      }
      return UInt32(truncatingIfNeeded: low)
    }
  }()

  /// Takes in whole blocks of 64 bytes.
  private static func compress(_ state: inout [UInt32], _ blocks: UnsafeBufferPointer<UInt8>) {
    func rotate(_ value: UInt32, _ by: UInt32) -> UInt32 { value >> by | value << (32 - by) }
    constants.withUnsafeBufferPointer { constants in
      withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { w in
        for start in stride(from: 0, to: blocks.count, by: 64) {
          for i in 0..<16 {
            let at = start + 4 * i
            w[i] =
              UInt32(blocks[at]) << 24 | UInt32(blocks[at + 1]) << 16
              | UInt32(blocks[at + 2]) << 8 | UInt32(blocks[at + 3])
          }
          for i in 16..<64 {
            let s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3)
            let s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10)
            w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
          }
          var (a, b, c, d) = (state[0], state[1], state[2], state[3])
          var (e, f, g, h) = (state[4], state[5], state[6], state[7])
          for i in 0..<64 {
            let t1 =
              h &+ (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) &+ ((e & f) ^ (~e & g))
              &+ constants[i] &+ w[i]
            let t2 =
              (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
          }
          state[0] &+= a
          state[1] &+= b
          state[2] &+= c
          state[3] &+= d
          state[4] &+= e
          state[5] &+= f
          state[6] &+= g
          state[7] &+= h
        }
      }
    }
  }
}
