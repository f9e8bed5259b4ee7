// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import TachoTokenizers
import Testing

/// Small tokenizers of every supported shape, trained and run with Hugging Face's `tokenizers`.
@Suite struct HuggingFaceGoldenTests {
  static let names = [
    "llama3", "qwen2", "gpt2", "gpt2-prefix", "smollm", "llama2", "mistral", "metaspace", "unknown",
  ]

  @Test(arguments: names)
  func sameIdsAndText(_ name: String) throws {
    // Another folder made by the script, for example with many more inputs.
    let other = ProcessInfo.processInfo.environment["TACHO_TOKENIZER_CASES"]
    let folder = other.map { URL(filePath: $0) } ?? GoldenFiles.folder
    let tokenizer = try Tokenizers.load(modelPath: folder.appending(path: "\(name).json").path)
    let cases = try TokenizerCase.read(folder, "\(name).cases")
    #expect(cases.count > 300)
    for (line, sample) in cases.enumerated() {
      let text = String(decoding: sample.input, as: UTF8.self)
      let place = Comment(rawValue: "\(name), line \(line + 1): \(text.debugDescription)")
      let ids = tokenizer.encode(text, addSpecial: true, parseSpecial: true)
      #expect(ids == sample.ids, place)
      let plain = tokenizer.encode(text, addSpecial: false, parseSpecial: false)
      #expect(plain == sample.plainIds, place)
      if let decoded = sample.decoded { #expect(tokenizer.decode(sample.ids) == decoded, place) }
    }
  }
}
