// SPDX-License-Identifier: Apache-2.0

/// What a `tokenizer_config.json` says on top of `tokenizer.json`: which tokens have a role, and
/// for Llama's tokenizer classes whether BOS and EOS are put around the text.
struct HuggingFaceConfiguration {
  private let root: JSONValue

  init(_ root: JSONValue) {
    self.root = root
  }

  func apply(to definition: inout TokenizerDefinition) {
    var ids: [[UInt8]: Int32] = [:]
    for token in definition.addedTokens { ids[token.content] = token.id }
    func id(_ key: String) -> Int32? {
      let value = root[key]
      guard let spelling = value?.text ?? value?["content"]?.text else { return nil }
      let bytes = Array(spelling.utf8)
      return ids[bytes]
        ?? definition.tokens.firstIndex(of: bytes).map { Int32(truncatingIfNeeded: $0) }
    }
    let bos = id("bos_token")
    let eos = id("eos_token")
    definition.special.bos = bos ?? definition.special.bos
    definition.special.eos = eos ?? definition.special.eos
    definition.special.padding = id("pad_token")
    definition.special.unknown = id("unk_token") ?? definition.special.unknown

    // Only these classes rewrite the post-processor when they load; the others ignore the flags.
    let name = root["tokenizer_class"]?.text ?? ""
    guard name.contains("Llama") || name.contains("Gemma") else { return }
    if let adds = root["add_bos_token"]?.flag, let bos { definition.prefix = adds ? [bos] : [] }
    if let adds = root["add_eos_token"]?.flag, let eos { definition.suffix = adds ? [eos] : [] }
  }
}
