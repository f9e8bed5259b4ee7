// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoModelFiles
import Testing

@Suite struct HFConfigTests {
  /// Llama 3.2 1B's members, as JSON.
  static let llama = [
    "model_type": "\"llama\"", "hidden_size": "2048", "intermediate_size": "8192",
    "num_hidden_layers": "16", "num_attention_heads": "32", "num_key_value_heads": "8",
    "head_dim": "64", "rms_norm_eps": "1e-05", "rope_theta": "500000.0", "vocab_size": "128256",
    "tie_word_embeddings": "true", "max_position_embeddings": "131072", "attention_bias": "false",
    "bos_token_id": "128000", "eos_token_id": "[128001, 128008]", "pretraining_tp": "1",
    "rope_scaling": """
    {"factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
     "original_max_position_embeddings": 8192, "rope_type": "llama3"}
    """,
  ]

  static func json(_ members: [String: String]) -> String {
    "{" + members.sorted { $0.key < $1.key }.map { "\"\($0)\": \($1)" }.joined(separator: ", ")
      + "}"
  }

  private func parse(_ json: String) throws -> HFConfig {
    try HFConfig(MappedFile(copying: Array(json.utf8), name: "config.json"))
  }

  private func parse(_ changes: [String: String]) throws -> HFConfig {
    try parse(Self.json(Self.llama.merging(changes) { $1 }))
  }

  @Test func readsLlama() throws {
    let config = try parse([:])
    #expect(config.modelType == "llama")
    #expect(config.hiddenSize == 2048 && config.feedForwardSize == 8192)
    #expect(config.layerCount == 16 && config.headCount == 32 && config.keyValueHeadCount == 8)
    #expect(config.headDimension == 64 && config.vocabularySize == 128_256)
    #expect(config.normEpsilon == 1e-5 && config.ropeBase == 500_000)
    #expect(config.tiesWordEmbeddings && !config.attentionBias)
    #expect(config.bosTokens == [128_000] && config.eosTokens == [128_001, 128_008])
    #expect(config.ropeScaling["rope_type"]?.stringValue == "llama3")
    #expect(config.ropeScaling["factor"]?.doubleValue == 32)
    #expect(config.slidingWindow == nil)
    #expect(config.members["pretraining_tp"]?.intValue == 1)
  }

  @Test func absentMembersGetTheClassesDefaults() throws {
    let base = """
      "hidden_size":896,"intermediate_size":4864,"num_hidden_layers":24,
      "num_attention_heads":14,"vocab_size":151936,"rope_scaling":null
      """
    let qwen2 = try parse("{\"model_type\":\"qwen2\",\(base)}")
    #expect(qwen2.attentionBias && !qwen2.tiesWordEmbeddings)
    #expect(qwen2.headDimension == 64 && qwen2.keyValueHeadCount == 14)
    #expect(qwen2.ropeBase == 10_000 && qwen2.ropeScaling.isEmpty)
    #expect(qwen2.eosTokens.isEmpty && qwen2.slidingWindow == nil)
    let qwen3 = try parse("{\"model_type\":\"qwen3\",\(base)}")
    #expect(qwen3.headDimension == 128 && !qwen3.attentionBias)
  }

  @Test func ropeParametersOfTransformersFive() throws {
    let config = try parse([
      "rope_parameters": "{\"rope_type\": \"default\", \"rope_theta\": 123.5}"
    ])
    #expect(config.ropeBase == 123.5)
    #expect(config.ropeScaling["rope_type"]?.stringValue == "default")
  }

  @Test func slidingWindowOnlyWhenTurnedOn() throws {
    #expect(try parse(["sliding_window": "4096"]).slidingWindow == 4096)
    let off = ["sliding_window": "4096", "use_sliding_window": "false"]
    #expect(try parse(off).slidingWindow == nil)
  }

  @Test(arguments: [
    ("model_type", "\"gpt_bigcode\"", "'gpt_bigcode' is not supported"),
    ("hidden_size", "\"big\"", "'hidden_size' should be a whole number"),
    ("hidden_size", "0", "'hidden_size' should be a whole number"),
    ("hidden_size", "9223372036854775807", "'hidden_size' should be"),
    ("hidden_size", "1e400", "not valid JSON"),
    ("hidden_size", "null", "lacks 'hidden_size'"),
    ("num_key_value_heads", "5", "not a multiple"),
    ("num_attention_heads", "-1", "'num_attention_heads' should be"),
    ("rms_norm_eps", "0", "above zero"), ("rope_theta", "\"x\"", "above zero"),
    ("rope_scaling", "[1]", "should be an object"),
    ("eos_token_id", "[1,\"2\"]", "a token id or a list"),
    ("tie_word_embeddings", "1", "true or false"), ("layer_types", "[1]", "a list of text"),
  ])
  func wrongMembersAreNamed(member: String, value: String, reason: String) throws {
    let error = try #require(throws: ModelFileError.self) { _ = try parse([member: value]) }
    #expect(error.description.contains(reason), "\(error)")
    #expect(error.path == "config.json")
  }
}
