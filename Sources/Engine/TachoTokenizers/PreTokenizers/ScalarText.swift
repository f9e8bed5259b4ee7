// SPDX-License-Identifier: Apache-2.0

/// What pre-tokenizers ask about a character: Unicode's general category, in the groups they use.
package enum ScalarClass: UInt8, Sendable {
  /// `\p{L}`
  case letter
  /// `\p{N}`
  case number
  /// `\s`, the White_Space property.
  case space
  /// `\p{P}`
  case punctuation
  /// Everything else, unassigned characters and invalid bytes among it.
  case other

  /// The class of one scalar value; values beyond Unicode are `other`.
  package static func of(_ value: UInt32) -> ScalarClass {
    value < 0x10000 ? basicPlane[Int(value)] : compute(value)
  }

  private static let basicPlane: [ScalarClass] = (0..<0x10000).map { compute($0) }

  private static func compute(_ value: UInt32) -> ScalarClass {
    guard let scalar = Unicode.Scalar(value) else { return .other }
    if scalar.properties.isWhitespace { return .space }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return .letter
    case .decimalNumber, .letterNumber, .otherNumber:
      return .number
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      return .punctuation
    default:
      return .other
    }
  }
}

/// Text as pre-tokenizers see it: scalars with their classes and where their bytes are.
package struct ScalarText: Sendable {
  /// Scalar values; a byte that is part of no valid character counts as one U+FFFD.
  package private(set) var values: [UInt32] = []
  package private(set) var classes: [ScalarClass] = []
  /// Byte offset of every scalar, and of the end.
  package private(set) var offsets: [Int] = []

  package init(_ bytes: [UInt8]) {
    values.reserveCapacity(bytes.count)
    classes.reserveCapacity(bytes.count)
    offsets.reserveCapacity(bytes.count + 1)
    bytes.withUnsafeBufferPointer { source in
      var index = 0
      while index < source.count {
        let (value, length) = UTF8Scalar.decode(source, at: index) ?? (0xfffd, 1)
        values.append(value)
        classes.append(.of(value))
        offsets.append(index)
        index += length
      }
      offsets.append(index)
    }
  }

  package var count: Int { values.count }

  /// The first index at or after `start` (and before `end`) whose class is not `wanted`.
  package func runEnd(_ start: Int, _ end: Int, of wanted: ScalarClass) -> Int {
    var index = start
    while index < end, classes[index] == wanted { index += 1 }
    return index
  }

  /// The end of a run of neither letters nor numbers nor white space.
  package func symbolRunEnd(_ start: Int, _ end: Int) -> Int {
    var index = start
    while index < end, isSymbol(index) { index += 1 }
    return index
  }

  /// Whether the scalar is in `[^\s\p{L}\p{N}]`.
  package func isSymbol(_ index: Int) -> Bool {
    let found = classes[index]
    return found == .punctuation || found == .other
  }

  /// Whether the scalar is a carriage return or line feed.
  package func isNewline(_ index: Int) -> Bool {
    values[index] == 0x0a || values[index] == 0x0d
  }
}
