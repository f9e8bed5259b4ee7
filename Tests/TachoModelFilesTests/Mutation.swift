// SPDX-License-Identifier: Apache-2.0

/// One of the ways a file gets damaged or forged, chosen by a seeded generator.
enum Mutation: CaseIterable {
  case flipBits, truncate, splice, repeatPart, extremeInteger, swapDigits, deletePart

  /// `bytes` damaged; half of the damage goes to the first `header` bytes, where the structure is.
  func apply(
    to bytes: [UInt8], header: Int, using random: inout SeededGenerator
  ) -> [UInt8] {
    guard !bytes.isEmpty else { return bytes }
    var result = bytes
    let reach = Bool.random(using: &random) ? min(header, bytes.count) : bytes.count
    let place = Int.random(in: 0..<max(1, reach), using: &random)
    let length = Int.random(in: 1...64, using: &random)
    let end = min(bytes.count, place + length)
    switch self {
    case .flipBits:
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        let index = Int.random(in: 0..<max(1, reach), using: &random)
        result[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
    case .truncate:
      result = Array(bytes.prefix(place))
    case .splice:
      let source = Int.random(in: 0..<bytes.count, using: &random)
      result.replaceSubrange(place..<end, with: bytes[source..<min(bytes.count, source + length)])
    case .repeatPart:
      result.insert(contentsOf: bytes[place..<end], at: place)
    case .extremeInteger:
      let extremes: [UInt64] = [
        0, 1, 0x7f, 0xff, 0x7fff_ffff, 0xffff_ffff, 1 << 32, 1 << 62, 1 << 63, UInt64.max,
        UInt64.max - 31, UInt64(bytes.count), UInt64(bytes.count) + 1,
      ]
      let value = extremes.randomElement(using: &random) ?? 0
      let width = Bool.random(using: &random) ? 8 : 4
      withUnsafeBytes(of: value.littleEndian) { raw in
        for offset in 0..<width where place + offset < result.count {
          result[place + offset] = raw[offset]
        }
      }
    case .swapDigits:
      // For JSON: a digit becomes another digit, a sign, an exponent or a bracket.
      let digits = result.indices.filter { (48...57).contains(result[$0]) && $0 < max(reach, 1) }
      if let index = digits.randomElement(using: &random) {
        result[index] = Array("0123456789-e.[{\"".utf8).randomElement(using: &random) ?? 48
      }
    case .deletePart:
      result.removeSubrange(place..<end)
    }
    return result
  }

  /// `bytes` with one to three mutations.
  static func mutate(
    _ bytes: [UInt8], header: Int, using random: inout SeededGenerator
  ) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let kind = allCases.randomElement(using: &random) ?? .truncate
      result = kind.apply(to: result, header: header, using: &random)
    }
    return result
  }
}
