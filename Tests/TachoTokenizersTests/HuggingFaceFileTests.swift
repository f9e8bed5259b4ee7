// SPDX-License-Identifier: Apache-2.0
import TachoModelFiles
import TachoTokenizers
import Testing

/// Parts of `tokenizer.json` and of the files beside it, on files written by hand.
@Suite struct HuggingFaceFileTests {
  private func file(_ text: String, _ name: String = "tokenizer.json") -> MappedFile {
    MappedFile(copying: Array(text.utf8), name: name)
  }

  private func tokenizer(_ parts: String, model: String = "") -> String {
    """
    {\(parts)"added_tokens": [{"id": 3, "content": "</s>", "special": true}],
     "model": {"type": "BPE", \(model) "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}}
    """
  }

  @Test func unsupportedPartsAreNamed() throws {
    let cases = [
      (#""normalizer": {"type": "NFKC"}, "#, "normalizer 'NFKC'"),
      (#""pre_tokenizer": {"type": "Punctuation"}, "#, "pre-tokenizer 'Punctuation'"),
      (
        #""pre_tokenizer": {"type": "Split", "pattern": {"Regex": "x+"}, "behavior": "Isolated"}, "#,
        "none of the known ones (llama-bpe, qwen2, gpt-2): x+"
      ),
      (#""post_processor": {"type": "Strange"}, "#, "post-processor 'Strange'"),
      (
        #""normalizer": {"type": "Sequence", "normalizers": ["#
          + Array(
            repeating: #"{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}"#,
            count: 40
          ).joined(separator: ",") + "]}, ", "times as long"
      ),
      (#""pre_tokenizer": {"type": "Metaspace", "prepend_scheme": "last"}, "#, "prepend_scheme"),
    ]
    for (parts, expected) in cases {
      let error = #expect(throws: TokenizerError.self) {
        try TokenizerDefinition(huggingFace: file(tokenizer(parts)))
      }
      #expect(error?.description.contains(expected) == true, "\(parts)")
      #expect(error?.path == "tokenizer.json")
    }
    for (model, expected) in [
      (#""dropout": 0.1,"#, "dropout"), (#""unk_token": "?","#, "unk_token"),
    ] {
      let error = #expect(throws: TokenizerError.self) {
        try TokenizerDefinition(huggingFace: file(tokenizer("", model: model)))
      }
      #expect(error?.description.contains(expected) == true)
    }
  }

  @Test func damagedJSONGivesLineAndColumn() throws {
    let error = #expect(throws: TokenizerError.self) {
      try TokenizerDefinition(huggingFace: file("{\n  \"model\": }"))
    }
    #expect(error?.description == "tokenizer.json: line 2, column 12: expected a value")
    let deep = String(repeating: "[", count: 100_000)
    let nested = #expect(throws: TokenizerError.self) {
      try TokenizerDefinition(huggingFace: file(deep))
    }
    #expect(nested?.description.contains("nested deeper") == true)
  }

  @Test func configurationNamesTheRoles() throws {
    let definition = try TokenizerDefinition(
      huggingFace: file(tokenizer("")),
      configuration: file(
        #"{"tokenizer_class": "LlamaTokenizer", "add_eos_token": true, "eos_token": {"content": "</s>"}}"#,
        "tokenizer_config.json"),
      generation: file(#"{"eos_token_id": [3, 2, 77]}"#, "generation_config.json"))
    #expect(definition.special.eos == 3)
    #expect(definition.special.endOfGeneration == [2, 3])
    #expect(definition.suffix == [3])
    let tokenizer = try Tokenizers.make(definition)
    #expect(tokenizer.encode("ab") == [2, 3])
    #expect(tokenizer.encode("ab</s>", addSpecial: false, parseSpecial: true) == [2, 3])
  }

  @Test func idsFarOutsideAreRefused() throws {
    let text = tokenizer("").replacing("\"ab\": 2", with: "\"ab\": 2000000000")
    let error = #expect(throws: TokenizerError.self) {
      try TokenizerDefinition(huggingFace: file(text))
    }
    #expect(error?.description.contains("out of range") == true)
  }
}
