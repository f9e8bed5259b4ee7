// SPDX-License-Identifier: Apache-2.0

/// Cuts text at the added tokens spelled out in it.
struct AddedTokenFinder: Sendable {
  /// A part of the text: an added token, or bytes still to be encoded.
  enum Fragment: Equatable {
    case text(Range<Int>)
    case token(Int32)
  }

  private let tokens: [AddedToken]
  private let order: TokenizerDefinition.AddedTokenOrder
  private var trie: ByteTrie

  /// `spellings` are what is looked for; they differ from the contents for normalised tokens.
  init(
    _ tokens: [AddedToken], spellings: [[UInt8]], order: TokenizerDefinition.AddedTokenOrder
  ) {
    self.tokens = tokens
    self.order = order
    trie = ByteTrie(byteCount: spellings.reduce(0) { $0 + $1.count })
    for (index, spelling) in spellings.enumerated() where !spelling.isEmpty {
      // Of two tokens with one spelling llama.cpp finds the first, Hugging Face the last.
      trie.insert(
        spelling, Int32(truncatingIfNeeded: index), replacing: order == .leftmostLongest)
    }
  }

  /// The parts of `bytes` in order; special tokens count as text unless `parseSpecial`.
  func fragments(_ bytes: [UInt8], parseSpecial: Bool) -> [Fragment] {
    guard !bytes.isEmpty else { return [] }
    guard !tokens.isEmpty else { return [.text(0..<bytes.count)] }
    switch order {
    case .longestFirst: return longestFirst(bytes, parseSpecial)
    case .leftmostLongest: return leftmostLongest(bytes, parseSpecial)
    }
  }

  private func longestFirst(_ bytes: [UInt8], _ parseSpecial: Bool) -> [Fragment] {
    var lengths: Set<Int> = []
    for index in bytes.indices {
      trie.visitMatches(bytes, index, bytes.count) { token, length in
        if parseSpecial || !tokens[Int(token)].isSpecial { lengths.insert(length) }
      }
    }
    var fragments: [Fragment] = [.text(0..<bytes.count)]
    for length in lengths.sorted(by: >) {
      fragments = fragments.flatMap { fragment in
        guard case .text(let range) = fragment else { return [fragment] }
        return cut(bytes, range, atTokensOf: length, parseSpecial)
      }
    }
    return fragments
  }

  private func cut(
    _ bytes: [UInt8], _ range: Range<Int>, atTokensOf length: Int, _ parseSpecial: Bool
  ) -> [Fragment] {
    var output: [Fragment] = []
    var start = range.lowerBound
    var index = start
    while index + length <= range.upperBound {
      let match = trie.match(bytes, index, length: length)
      guard match >= 0, parseSpecial || !tokens[Int(match)].isSpecial else {
        index += 1
        continue
      }
      let token = tokens[Int(match)]
      var left = index
      if token.stripsLeft {
        while left > start, Self.isASCIISpace(bytes[left - 1]) { left -= 1 }
      }
      if left > start { output.append(.text(start..<left)) }
      output.append(.token(token.id))
      index += length
      if token.stripsRight {
        while index < range.upperBound, Self.isASCIISpace(bytes[index]) { index += 1 }
      }
      start = index
    }
    if start < range.upperBound { output.append(.text(start..<range.upperBound)) }
    return output
  }

  private func leftmostLongest(_ bytes: [UInt8], _ parseSpecial: Bool) -> [Fragment] {
    var output: [Fragment] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      var match: (token: Int32, length: Int)?
      trie.visitMatches(bytes, index, bytes.count) { match = ($0, $1) }
      guard let match else {
        index += 1
        continue
      }
      let token = tokens[Int(match.token)]
      let matchStart = index
      index += match.length
      if token.isSpecial && !parseSpecial { continue }
      if token.isSingleWord,
        WordEdges.endsWithWord(bytes, matchStart) || WordEdges.startsWithWord(bytes, index)
      {
        continue
      }
      var left = matchStart
      if token.stripsLeft { left = max(WordEdges.spaceStart(bytes, matchStart), start) }
      if left > start { output.append(.text(start..<left)) }
      output.append(.token(token.id))
      start = token.stripsRight ? WordEdges.spaceEnd(bytes, index) : index
    }
    if start < bytes.count { output.append(.text(start..<bytes.count)) }
    return output
  }

  private static func isASCIISpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0d).contains(byte)
  }
}

/// Byte strings with values, walked one byte at a time.
private struct ByteTrie: Sendable {
  private var edges: PairTable<Int32>
  /// The value at each node, -1 for none; node 0 is the root.
  private var values: [Int32] = [-1]
  /// Which bytes start a string: most text is passed over by this alone.
  private var starts = [Bool](repeating: false, count: 256)

  init(byteCount: Int) {
    edges = PairTable(capacity: byteCount, empty: -1)
  }

  mutating func insert(_ string: [UInt8], _ value: Int32, replacing: Bool) {
    starts[Int(string[0])] = true
    var node: Int32 = 0
    for byte in string {
      if let child = edges.find(node, Int32(byte)) {
        node = child
      } else {
        let child = Int32(truncatingIfNeeded: values.count)
        edges.insert(node, Int32(byte), child, replacing: false)
        values.append(-1)
        node = child
      }
    }
    if values[Int(node)] < 0 || replacing { values[Int(node)] = value }
  }

  /// Calls `body` with every string that starts at `index`, shortest first.
  func visitMatches(
    _ bytes: [UInt8], _ index: Int, _ end: Int, _ body: (_ value: Int32, _ length: Int) -> Void
  ) {
    guard starts[Int(bytes[index])] else { return }
    var node: Int32 = 0
    var position = index
    while position < end, let child = edges.find(node, Int32(bytes[position])) {
      position += 1
      node = child
      if values[Int(node)] >= 0 { body(values[Int(node)], position - index) }
    }
  }

  /// The value of the string of exactly `length` bytes at `index`, or -1.
  func match(_ bytes: [UInt8], _ index: Int, length: Int) -> Int32 {
    guard starts[Int(bytes[index])] else { return -1 }
    var node: Int32 = 0
    for position in index..<index + length {
      guard let child = edges.find(node, Int32(bytes[position])) else { return -1 }
      node = child
    }
    return values[Int(node)]
  }
}
