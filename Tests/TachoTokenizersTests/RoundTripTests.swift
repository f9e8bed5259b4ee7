// SPDX-License-Identifier: Apache-2.0
import TachoTokenizers
import Testing

/// What must hold for every text, on random ones.
@Suite struct RoundTripTests {
  @Test(arguments: ["llama3.json", "gpt2.json", "smollm.json", "gpt-2.gguf"])
  func anyBytesComeBack(_ name: String) throws {
    let tokenizer = try Tokenizers.load(modelPath: GoldenFiles.path(name))
    for seed in 1...300 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let bytes = random.bytes(upTo: 120)
      let ids = tokenizer.encode(bytes: bytes, addSpecial: false, parseSpecial: false)
      #expect(tokenizer.decode(ids) == bytes, "seed \(seed)")
      #expect(ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize }, "seed \(seed)")
    }
  }

  /// U+2581 in the text is a space to SentencePiece.
  @Test(arguments: ["llama-spm.gguf", "llama2.json", "mistral.json"])
  func anyTextComesBack(_ name: String) throws {
    let tokenizer = try Tokenizers.load(modelPath: GoldenFiles.path(name))
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let text = random.text(scalars: 40)
      guard !text.unicodeScalars.contains("\u{2581}") else { continue }
      let ids = tokenizer.encode(text, addSpecial: true, parseSpecial: false)
      #expect(tokenizer.decode(ids) == Array(text.utf8), "seed \(seed)")
      let bytes = random.bytes(upTo: 60)
      let raw = tokenizer.encode(bytes: bytes, addSpecial: true, parseSpecial: true)
      #expect(raw.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize }, "seed \(seed)")
    }
  }

  @Test(arguments: ["gpt-2.gguf", "llama-spm.gguf", "mistral.json"])
  func aStreamGivesTheSameTextInWholeCharacters(_ name: String) throws {
    let tokenizer = try Tokenizers.load(modelPath: GoldenFiles.path(name))
    for seed in 1...100 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let bytes = seed % 2 == 0 ? random.bytes(upTo: 80) : Array(random.text(scalars: 30).utf8)
      let ids = tokenizer.encode(bytes: bytes, addSpecial: true, parseSpecial: false)
      var stream = TokenStream(tokenizer)
      var parts = ids.map { stream.append($0) }
      parts.append(stream.finish())
      #expect(parts.joined().utf8.elementsEqual(tokenizer.decodeText(ids).utf8), "seed \(seed)")
      if seed % 2 == 1 {
        let broken = parts.contains { $0.contains("\u{fffd}") }
        #expect(broken == tokenizer.decodeText(ids).contains("\u{fffd}"), "seed \(seed)")
      }
    }
  }

  /// Quadratic merging would take hours here.
  @Test(arguments: ["gpt2.json", "llama-spm.gguf", "llama2.json"])
  func aLongWordTakesNoLongTime(_ name: String) throws {
    let tokenizer = try Tokenizers.load(modelPath: GoldenFiles.path(name))
    let word = [UInt8](repeating: UInt8(ascii: "a"), count: 150_000)
    let clock = ContinuousClock()
    let start = clock.now
    let ids = tokenizer.encode(bytes: word, addSpecial: false, parseSpecial: false)
    #expect(tokenizer.decode(ids) == word)
    #expect(clock.now - start < .seconds(60))
  }
}
