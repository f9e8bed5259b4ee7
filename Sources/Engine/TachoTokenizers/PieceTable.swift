// SPDX-License-Identifier: Apache-2.0

/// The bytes every token stands for.
struct PieceTable: Sendable {
  private var storage: [UInt8] = []
  private var ends: [Int] = [0]
  private var hidden: [Bool] = []

  init(_ definition: TokenizerDefinition) {
    ends.reserveCapacity(definition.tokens.count + 1)
    hidden.reserveCapacity(definition.tokens.count)
    for (index, token) in definition.tokens.enumerated() {
      let type = definition.types[index]
      storage += Self.bytes(token, type, definition)
      ends.append(storage.count)
      hidden.append(type == .control || type == .unknown)
    }
  }

  var count: Int { hidden.count }

  func bytes(_ id: Int32) -> [UInt8] {
    guard id >= 0, id < count else { return [] }
    return Array(storage[ends[Int(id)]..<ends[Int(id) + 1]])
  }

  func isHidden(_ id: Int32) -> Bool {
    id >= 0 && id < count && hidden[Int(id)]
  }

  private static func bytes(
    _ token: [UInt8], _ type: TokenType, _ definition: TokenizerDefinition
  ) -> [UInt8] {
    switch type {
    case .control, .unknown, .userDefined: return token
    case .byte: return ByteToken.byte(token).map { [$0] } ?? token
    case .normal, .unused, .undefined: break
    }
    if definition.model == .byteLevelBPE { return ByteAlphabet.decode(token) ?? token }
    return definition.unescapesSpaces
      ? Normalizer.replace(SpaceMark.bytes, [0x20]).apply(token) : token
  }
}

/// U+2581, which SentencePiece writes for a space.
enum SpaceMark {
  static let bytes: [UInt8] = [0xe2, 0x96, 0x81]
}
