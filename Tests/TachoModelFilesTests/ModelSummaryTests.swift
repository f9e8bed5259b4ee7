// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoModelFiles
import Testing

@Suite struct ModelSummaryTests {
  private func summary(listsTensors: Bool = false) throws -> ModelSummary {
    let folder = try TemporaryDirectory()
    try ModelSynthesizer.synthesize(
      shape: .tinyQwen3, format: .q4_0, seed: 9, to: folder.file("m.gguf"))
    return try ModelSummary(GGUFFile(path: folder.file("m.gguf")), listsTensors: listsTensors)
  }

  @Test func describesAModel() throws {
    let summary = try summary()
    #expect(summary.architecture == "qwen3")
    #expect(summary.parameters == ModelShape.tinyQwen3.parameterCount)
    #expect(summary.types.map(\.type) == ["q4_0", "f32"])
    #expect(summary.types.map(\.bytes).reduce(0, +) == summary.tensorBytes)
    #expect(summary.bitsPerWeight > 4.5 && summary.bitsPerWeight < 4.6)
    #expect(summary.layers == 2 && summary.heads == 4 && summary.keyValueHeads == 2)
    #expect(summary.headDimension == 64 && summary.hiddenSize == 256)
    #expect(summary.synthetic && summary.syntheticSeed == 9)
    #expect(!summary.tiedEmbeddings)
    #expect(summary.tokenizer?.model == "gpt2" && summary.tokenizer?.preTokenizer == "qwen2")
    #expect(summary.tokenizer?.size == 512)
    #expect(summary.tensors == nil)
  }

  @Test func textNamesWhatMatters() throws {
    let text = try summary(listsTensors: true).text
    for part in [
      "architecture  qwen3", "yes: random weights, for speed only, seed 9",
      "2 of width 256, feed-forward 768", "4 heads of 64, 2 for keys and values", "2048 tokens",
      "base 10000", "gpt2, pre-tokenizer qwen2, 512 tokens", "blk.1.ffn_down.weight [768 x 256]",
    ] {
      #expect(text.contains(part), "\(part) in\n\(text)")
    }
  }

  @Test func jsonIsReadBack() throws {
    let summary = try summary(listsTensors: true)
    let json = try summary.json()
    #expect(try JSONDecoder().decode(ModelSummary.self, from: Data(json.utf8)) == summary)
  }

  @Test func aFileWithoutAnythingHasASummary() throws {
    let summary = try ModelSummary(GGUFBytes(tensors: 0, keys: 0).open())
    #expect(summary.parameters == 0 && summary.bitsPerWeight == 0)
    #expect(summary.text.contains("(no name)"))
  }
}
