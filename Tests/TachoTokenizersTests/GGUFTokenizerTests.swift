// SPDX-License-Identifier: Apache-2.0
import TachoModelFiles
import TachoTokenizers
import Testing

/// What GGUF metadata means for text, on vocabularies written by hand.
@Suite struct GGUFTokenizerTests {
  private static let spm = [
    "<unk>", "<s>", "</s>", "\u{2581}", "a", "b", "ab", "\u{2581}ab", "<tool>", "<tool>call",
    "<0x0A>",
    "<0xC3>", "<0xA9>", "c", "\u{2581}a",
  ]

  private func sentencePiece(
    _ changes: [String: GGUFValue?] = [:]
  ) throws -> any Tokenizer {
    var metadata = GGUFMetadata()
    metadata["tokenizer.ggml.model"] = .string("llama")
    metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(strings: Self.spm))
    metadata["tokenizer.ggml.scores"] = .array(
      GGUFArray(floats: [0, 0, 0, -9, -9, -9, -1, -3, 0, 0, 0, 0, 0, -9, -2]))
    metadata["tokenizer.ggml.token_type"] = .array(
      GGUFArray(int32s: [2, 3, 3, 1, 1, 1, 1, 1, 4, 4, 6, 6, 6, 1, 1]))
    for (key, value) in changes { metadata[key] = value }
    return try Tokenizers.make(gguf: metadata)
  }

  private func bytePairs(_ changes: [String: GGUFValue?] = [:]) throws -> any Tokenizer {
    let alphabet = (0..<256).map { byte -> String in
      let spelled = Unicode.Scalar(UInt32(byte)).map(String.init) ?? ""
      return (0x21...0x7e).contains(byte) ? spelled : "unused\(byte)"
    }
    var metadata = GGUFMetadata()
    metadata["tokenizer.ggml.model"] = .string("gpt2")
    metadata["tokenizer.ggml.pre"] = .string("llama-bpe")
    metadata["tokenizer.ggml.tokens"] = .array(
      GGUFArray(strings: alphabet + ["\u{120}", "ab", "abc", "<|eot_id|>", "abcd"]))
    metadata["tokenizer.ggml.merges"] = .array(GGUFArray(strings: ["b c", "a bc", "a b"]))
    metadata["tokenizer.ggml.bos_token_id"] = .uint32(65)
    for (key, value) in changes { metadata[key] = value }
    return try Tokenizers.make(gguf: metadata)
  }

  @Test func aSpaceGoesBeforeEveryTextThatFollowsASpecialToken() throws {
    let tokenizer = try sentencePiece()
    #expect(tokenizer.encode("ab") == [1, 7])
    #expect(tokenizer.encode("a<s>ab", parseSpecial: true) == [1, 14, 1, 7])
    #expect(tokenizer.encode("") == [1])
    let bare = try sentencePiece(["tokenizer.ggml.add_space_prefix": .bool(false)])
    #expect(bare.encode("ab") == [1, 6])
    #expect(bare.decode(bare.encode(" ab")) == Array(" ab".utf8))
  }

  @Test func controlTokensNeedParsingAndUserTokensDoNot() throws {
    let tokenizer = try sentencePiece()
    #expect(tokenizer.encode("<tool>call", addSpecial: false) == [9])
    #expect(tokenizer.encode("<tool>c", addSpecial: false) == [8, 3, 13])
    #expect(!tokenizer.encode("</s>", addSpecial: false).contains(2))
    #expect(tokenizer.encode("</s>", addSpecial: false, parseSpecial: true) == [2])
    #expect(tokenizer.isEndOfGeneration(2))
    #expect(!tokenizer.isEndOfGeneration(1))
  }

  @Test func unknownCharactersBecomeBytes() throws {
    let tokenizer = try sentencePiece()
    #expect(tokenizer.encode("é", addSpecial: false) == [3, 11, 12])
    #expect(tokenizer.decodeText([1, 3, 11, 12]) == "é")
    #expect(tokenizer.encode("\u{ea}", addSpecial: false) == [3, 11, 0])
    var stream = TokenStream(tokenizer)
    #expect([1, 3, 11, 12, 11].map { stream.append($0) } == ["", "", "", "é", ""])
    #expect(stream.finish() == "\u{fffd}")
  }

  @Test func beginAndEndFollowTheFlags() throws {
    let flags: [String: GGUFValue?] = [
      "tokenizer.ggml.add_bos_token": .bool(false), "tokenizer.ggml.add_eos_token": .bool(true),
    ]
    #expect(try sentencePiece(flags).encode("ab") == [7, 2])
    #expect(try sentencePiece(flags).encode("ab", addSpecial: false) == [7])
  }

  @Test func wholeWordsGoBeforeMergesOnlyForLlama3() throws {
    // "abcd" is a token that no merge makes; llama-bpe takes it whole.
    #expect(try bytePairs().encode("abcd", addSpecial: false) == [260])
    let gpt2 = try bytePairs(["tokenizer.ggml.pre": .string("gpt-2")])
    #expect(gpt2.encode("abcd", addSpecial: false) == [258, 100])
    // "bc" is merged first though it is no token itself; alone it comes out as two.
    #expect(gpt2.encode("bc", addSpecial: false) == [98, 99])
    #expect(try bytePairs().encode("x") == [65, 120])
    #expect(gpt2.encode("x") == [120])
    #expect(gpt2.special.eot == 259)
  }

  @Test func aMissingPreTokenizerIsAWarning() throws {
    let tokenizer = try bytePairs(["tokenizer.ggml.pre": nil])
    #expect(tokenizer.warnings.count == 1)
    #expect(tokenizer.warnings.first?.contains("default") == true)
  }

  @Test func errorsSayWhatIsWrong() throws {
    let cases: [(String, GGUFValue?, String)] = [
      ("tokenizer.ggml.pre", .string("nonsense"), "known: llama-bpe"),
      ("tokenizer.ggml.model", .string("bert"), "known: llama"),
      ("tokenizer.ggml.model", nil, "lacks 'tokenizer.ggml.model'"),
      ("tokenizer.ggml.tokens", .string("x"), "array of strings"),
      ("tokenizer.ggml.tokens", .array(GGUFArray(strings: [])), "empty"),
      ("tokenizer.ggml.merges", nil, "lacks 'tokenizer.ggml.merges'"),
      ("tokenizer.ggml.token_type", .array(GGUFArray(int32s: [1])), "1 entries for 261"),
      ("tokenizer.ggml.scores", .array(GGUFArray(floats: [1])), "each of the 261 tokens"),
    ]
    for (key, value, expected) in cases {
      let error = #expect(throws: (any Error).self) { try bytePairs([key: value]) }
      #expect("\(error.map { "\($0)" } ?? "")".contains(expected), "\(key)")
    }
    let outside = try sentencePiece(["tokenizer.ggml.bos_token_id": .uint32(99)])
    #expect(outside.warnings.first?.contains("outside the vocabulary") == true)
  }
}
