// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TachoModelFiles
import TachoTokenizers
import Testing

/// Damaged files give an error or a tokenizer that works; nothing crashes.
@Suite struct MutationTests {
  /// `TACHO_FUZZ_COUNT` sets how many files are tried.
  static let count =
    ProcessInfo.processInfo.environment["TACHO_FUZZ_COUNT"].flatMap { UInt64($0) } ?? 1000

  @Test func mutatedTokenizerFiles() throws {
    let names = HuggingFaceGoldenTests.names
    let files = try names.map { try GoldenFiles.read("\($0).json") }
    var loaded = 0
    for seed in 0..<Self.count {
      var random = SeededGenerator(seed: seed)
      var bytes = files[Int(seed % UInt64(files.count))]
      for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, &random) }
      do {
        let file = MappedFile(copying: bytes, name: "seed \(seed)")
        let tokenizer = try Tokenizers.make(TokenizerDefinition(huggingFace: file))
        exercise(tokenizer, &random)
        loaded += 1
      } catch let error as TokenizerError {
        #expect(!error.message.isEmpty && error.path == "seed \(seed)", "\(error)")
      }
    }
    print("mutated tokenizer files: \(loaded) of \(Self.count) loaded")
    #expect(loaded > 0 && loaded < Self.count)
  }

  @Test func mutatedVocabularyFiles() throws {
    let file = try GoldenFiles.read("llama-spm.gguf")
    var loaded = 0
    let count = max(20, Self.count / 40)
    for seed in 0..<count {
      var random = SeededGenerator(seed: seed)
      var bytes = file
      // The keys and the first entries of each array decide most; the middle is all alike.
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let limit = Bool.random(using: &random) ? 2_000 : bytes.count
        bytes[Int.random(in: 0..<limit, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      do {
        let gguf = try GGUFFile(MappedFile(copying: bytes, name: "seed \(seed)"))
        exercise(try Tokenizers.make(gguf: gguf.metadata), &random)
        loaded += 1
      } catch is TokenizerError {
      } catch is ModelFileError {
      }
    }
    print("mutated vocabulary files: \(loaded) of \(count) loaded")
    #expect(loaded > 0)
  }

  private func exercise(_ tokenizer: any Tokenizer, _ random: inout SeededGenerator) {
    let sample = Array("<s>Hello <|begin|> it's 123 wörld\n\n café 😀 word <mask> x".utf8)
    for bytes in [sample, random.bytes(upTo: 60)] {
      let ids = tokenizer.encode(bytes: bytes, addSpecial: true, parseSpecial: true)
      #expect(ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize })
      _ = tokenizer.decode(ids, includeSpecial: true)
    }
    _ = tokenizer.piece(of: -1) + tokenizer.piece(of: .max)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
    guard bytes.count > 8 else { return }
    // Half of the damage goes to the settings before and after the long vocabulary.
    let settings = 2_500
    let place =
      Bool.random(using: &random)
      ? Int.random(in: 0..<min(settings, bytes.count), using: &random)
      : Int.random(in: 0..<bytes.count, using: &random)
    let interesting = Array("{}[]\",:0129-eE\\uD8true null".utf8)
    let end = min(bytes.count, place + Int.random(in: 1...20, using: &random))
    switch Int.random(in: 0..<7, using: &random) {
    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 1: bytes[place] = interesting.randomElement(using: &random) ?? 0
    case 2: bytes.removeSubrange(place..<end)
    case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 4: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: place)
    case 5:  // another number
      if let digit = bytes[place...].firstIndex(where: { (0x30...0x39).contains($0) }) {
        bytes[digit] = UInt8.random(in: 0x30...0x39, using: &random)
        if Bool.random(using: &random) { bytes.insert(0x39, at: digit) }
      }
    default: if Int.random(in: 0..<10, using: &random) == 0 { bytes.removeSubrange(place...) }
    }
  }
}
