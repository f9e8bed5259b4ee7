// SPDX-License-Identifier: Apache-2.0
import TachoTokenizers
import Testing

/// The cases of llama.cpp's own tokenizer test: inputs and ids for three real vocabularies.
@Suite struct PeerVocabularyTests {
  @Test(arguments: ["llama-spm", "gpt-2"])
  func committedVocabulary(_ name: String) throws {
    try check(name, vocabulary: GoldenFiles.path("\(name).gguf"))
  }

  @Test(.enabled(if: GoldenFiles.peerVocabulary("llama-bpe") != nil, GoldenFiles.whySkipped))
  func llamaBPE() throws {
    try check("llama-bpe", vocabulary: #require(GoldenFiles.peerVocabulary("llama-bpe")))
  }

  private func check(_ name: String, vocabulary: String) throws {
    let tokenizer = try Tokenizers.load(modelPath: vocabulary)
    let inputs = GoldenFiles.split(try GoldenFiles.read("peer-inputs.inp"))
    let lines = try GoldenFiles.lines("\(name).out")
    #expect(inputs.count == lines.count)
    #expect(inputs.count > 40)
    for (input, line) in zip(inputs, lines) {
      let expected = line.split(separator: " ").compactMap { Int32($0) }
      let ids = tokenizer.encode(bytes: input, addSpecial: false, parseSpecial: false)
      #expect(ids == expected, "\(name): '\(String(decoding: input, as: UTF8.self))'")
      #expect(tokenizer.decode(ids) == input)
    }
  }
}
