// SPDX-License-Identifier: Apache-2.0

/// Reproducible random numbers by SplitMix64 (Steele, Lea and Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  /// Bytes that may be anything, with runs and fragments of UTF-8 more often than chance has them.
  mutating func bytes(upTo length: Int) -> [UInt8] {
    let wanted = Int.random(in: 0...length, using: &self)
    var output: [UInt8] = []
    while output.count < wanted {
      switch Int.random(in: 0..<5, using: &self) {
      case 0: output.append(UInt8.random(in: 0...255, using: &self))
      case 1: output += [UInt8](repeating: UInt8.random(in: 0...255, using: &self), count: 5)
      case 2:
        output += Array("it's We'LL  123\r\n".utf8.prefix(Int.random(in: 0...16, using: &self)))
      default: output += Array(text(scalars: 3).utf8)
      }
    }
    return output
  }

  /// Any Unicode scalars, the lower planes more often.
  mutating func text(scalars count: Int) -> String {
    var text = String.UnicodeScalarView()
    while text.count < count {
      let top: UInt32 = [0x7f, 0x24f, 0xffff, 0x10ffff].randomElement(using: &self) ?? 0x7f
      if let scalar = Unicode.Scalar(UInt32.random(in: 0...top, using: &self)) {
        text.append(scalar)
      }
    }
    return String(text)
  }
}
