// SPDX-License-Identifier: Apache-2.0

/// Complete vocabularies of any size for synthesised models: every byte is a token, the rest are
/// words over a to z that can be reached by merges, so that text encodes to a few letters a token.
struct SyntheticTokenizer {
  /// The token types of `tokenizer.ggml.token_type`.
  private enum Kind: Int32 {
    case normal = 1
    case unknown = 2
    case control = 3
    case byte = 6
  }

  private let size: Int
  private var tokens: [String] = []
  private var kinds: [Kind] = []
  private var merges: [String] = []

  /// Adds the vocabulary of `shape` to `metadata`.
  static func write(for shape: ModelShape, into metadata: inout GGUFMetadata) throws {
    var tokenizer = SyntheticTokenizer(size: shape.vocabularySize)
    switch shape.tokenizer {
    case .sentencePiece: tokenizer.writeSentencePiece(into: &metadata)
    case .byteLevelBPE(let pre): tokenizer.writeBPE(pre: pre, into: &metadata)
    }
    guard tokenizer.tokens.count == shape.vocabularySize else {
      throw ModelFileError(
        .invalidArgument,
        "a vocabulary of \(shape.vocabularySize) tokens is too small: all 256 bytes and the control "
          + "tokens need \(tokenizer.tokens.count)", path: "")
    }
  }

  private init(size: Int) {
    self.size = size
  }

  private mutating func add(_ token: String, _ kind: Kind = .normal) {
    tokens.append(token)
    kinds.append(kind)
  }

  private mutating func writeSentencePiece(into metadata: inout GGUFMetadata) {
    add("<unk>", .unknown)
    add("<s>", .control)
    add("</s>", .control)
    for byte in 0..<256 {
      let hex = String(byte, radix: 16, uppercase: true)
      add("<0x" + (byte < 16 ? "0" : "") + hex + ">", .byte)
    }
    let space = "\u{2581}"
    let letters = Self.letters
    let others = (0x21...0x7e).map { String(UnicodeScalar(UInt8($0))) }
      .filter { !letters.contains($0) }
    for piece in [space] + letters + others where tokens.count < size { add(piece) }
    addWords(startingWith: [space] + letters, until: size)
    // A piece found earlier is merged first, as in a trained model.
    let scores = tokens.indices.map { $0 < 259 ? 0 : -Float($0 - 259) }
    metadata["tokenizer.ggml.model"] = .string("llama")
    metadata["tokenizer.ggml.pre"] = .string("default")
    metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(strings: tokens))
    metadata["tokenizer.ggml.scores"] = .array(GGUFArray(floats: scores))
    metadata["tokenizer.ggml.token_type"] = .array(GGUFArray(int32s: kinds.map(\.rawValue)))
    metadata["tokenizer.ggml.bos_token_id"] = .uint32(1)
    metadata["tokenizer.ggml.eos_token_id"] = .uint32(2)
    metadata["tokenizer.ggml.unknown_token_id"] = .uint32(0)
    metadata["tokenizer.ggml.add_bos_token"] = .bool(true)
    metadata["tokenizer.ggml.add_eos_token"] = .bool(false)
  }

  private mutating func writeBPE(pre: String, into metadata: inout GGUFMetadata) {
    let controls =
      pre == "llama-bpe" ? ["<|begin_of_text|>", "<|end_of_text|>"] : ["<|endoftext|>"]
    for symbol in Self.byteSymbols { add(symbol) }
    addWords(
      startingWith: [Self.byteSymbols[0x20]] + Self.letters, until: size - controls.count)
    for control in controls { add(control, .control) }
    metadata["tokenizer.ggml.model"] = .string("gpt2")
    metadata["tokenizer.ggml.pre"] = .string(pre)
    metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(strings: tokens))
    metadata["tokenizer.ggml.token_type"] = .array(GGUFArray(int32s: kinds.map(\.rawValue)))
    metadata["tokenizer.ggml.merges"] = .array(GGUFArray(strings: merges))
    let last = UInt32(clamping: tokens.count - 1)
    metadata["tokenizer.ggml.bos_token_id"] = .uint32(
      UInt32(clamping: tokens.count - controls.count))
    metadata["tokenizer.ggml.eos_token_id"] = .uint32(last)
    metadata["tokenizer.ggml.add_bos_token"] = .bool(pre == "llama-bpe")
  }

  /// Words in order of length, each a known word and one more letter, and the merges that make them.
  private mutating func addWords(startingWith first: [String], until count: Int) {
    var previous = first
    while tokens.count < count {
      var longer: [String] = []
      for prefix in previous {
        for letter in Self.letters {
          guard tokens.count < count else { return }
          let word = prefix + letter
          merges.append("\(prefix) \(letter)")
          add(word)
          longer.append(word)
        }
      }
      previous = longer
    }
  }

  private static let letters = (UInt8(ascii: "a")...UInt8(ascii: "z"))
    .map { String(UnicodeScalar($0)) }

  /// GPT-2's printable stand-in for each byte: itself where printable, else U+0100 onwards.
  private static let byteSymbols: [String] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      let isPrintable =
        (0x21...0x7e).contains(byte) || (0xa1...0xac).contains(byte) || (0xae...0xff).contains(byte)
      if !isPrintable { next += 1 }
      let value = isPrintable ? UInt32(byte) : next - 1
      return UnicodeScalar(value).map { String($0) } ?? ""
    }
  }()
}
