// SPDX-License-Identifier: Apache-2.0

/// Text on its way through the pre-tokenizer steps, with the ends of the pieces cut so far.
struct Pieces {
  private(set) var bytes: [UInt8]
  private(set) var text: ScalarText
  /// Scalar index where each piece ends, ascending.
  private(set) var ends: [Int]
  /// Whether the first piece starts the whole input.
  private let startsInput: Bool

  init(_ bytes: [UInt8], startsInput: Bool) {
    self.bytes = bytes
    text = ScalarText(bytes)
    ends = bytes.isEmpty ? [] : [text.count]
    self.startsInput = startsInput
  }

  /// Carries out one step.
  mutating func apply(_ step: PreTokenizerStep) {
    switch step {
    case .split(let splitter): split(splitter)
    case .prefixSpace:
      rewrite { piece, _ in piece.first == 0x20 ? Array(piece) : [0x20] + piece }
    case .metaspace(let metaspace):
      rewrite { piece, isFirst in
        let marked = Normalizer.replace([0x20], metaspace.mark).apply(Array(piece))
        let prepends = metaspace.prepend == .always || metaspace.prepend == .first && isFirst
        return prepends && !marked.starts(with: metaspace.mark) ? metaspace.mark + marked : marked
      }
      if metaspace.splits {
        let mark = ScalarText(metaspace.mark).values
        split(LiteralPreTokenizer(literal: mark, behavior: .next))
      }
    }
  }

  private mutating func split(_ splitter: any PreTokenizer) {
    var cut: [Int] = []
    cut.reserveCapacity(ends.count + text.count / 4)
    var start = 0
    for end in ends {
      if end > start { splitter.split(text, start..<end, into: &cut) }
      start = end
    }
    ends = cut
  }

  private mutating func rewrite(_ change: (ArraySlice<UInt8>, _ isFirst: Bool) -> [UInt8]) {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 16)
    var byteEnds: [Int] = []
    var start = 0
    for (index, end) in ends.enumerated() {
      let piece = bytes[text.offsets[start]..<text.offsets[end]]
      output += change(piece, index == 0 && startsInput)
      byteEnds.append(output.count)
      start = end
    }
    bytes = output
    text = ScalarText(output)
    ends = []
    var scalar = 0
    for end in byteEnds {
      while text.offsets[scalar] < end { scalar += 1 }
      ends.append(scalar)
    }
  }
}
