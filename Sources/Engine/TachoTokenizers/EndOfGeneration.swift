// SPDX-License-Identifier: Apache-2.0

/// Finds the tokens that end generation by their spelling, as files rarely list them all.
///
/// The spellings are those llama.cpp knows (llama-vocab.cpp).
enum EndOfGeneration {
  private static let spellings = Set(
    [
      "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
      "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
      "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
      "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>", "[e~[",
    ].map { Array($0.utf8) })

  /// Tokens that end a chat turn, the likeliest first.
  private static let turnEnds = [
    "<|eot_id|>", "<|im_end|>", "<|end|>", "<end_of_turn>", "<|endoftext|>", "<|end_of_text|>",
    "<EOT>", "_<EOT>", "[EOT]", "<\u{ff5c}end\u{2581}of\u{2581}sentence\u{ff5c}>",
    "<end_of_utterance>",
  ].map { Array($0.utf8) }

  /// Padding and separators between files end generation in code models.
  private static let fillInMiddle = Set(
    [
      "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]", "<|fim_repo|>", "<|repo_name|>",
      "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
    ].map { Array($0.utf8) })

  /// Control tokens that files often mark as plain text.
  private static let otherControls = Set(
    [
      "<|fim_prefix|>", "<fim-prefix>", "<fim_prefix>", "<PRE>", "\u{2581}<PRE>", "<|code_prefix|>",
      "<|fim_suffix|>", "<fim-suffix>", "<fim_suffix>", "<SUF>", "\u{2581}<SUF>", "<|code_suffix|>",
      "<|fim_middle|>", "<fim-middle>", "<fim_middle>", "<MID>", "\u{2581}<MID>", "<|code_middle|>",
      "<|prefix|>", "<|suffix|>", "<|middle|>", "<\u{ff5c}fim\u{2581}begin\u{ff5c}>",
      "<\u{ff5c}fim\u{2581}hole\u{ff5c}>", "<\u{ff5c}fim\u{2581}end\u{ff5c}>",
    ].map { Array($0.utf8) })

  /// Control tokens of the harmony format that readers are shown.
  private static let shown = Set(
    ["<|channel|>", "<|message|>", "<|start|>", "<|constrain|>"].map { Array($0.utf8) })

  /// Adds what is recognised to the definition's special ids, and makes those control tokens.
  static func complete(_ definition: inout TokenizerDefinition) {
    var found: [[UInt8]: Int32] = [:]
    for (index, token) in definition.tokens.enumerated() where couldBeSpecial(token) {
      if otherControls.contains(token) { definition.types[index] = .control }
      if shown.contains(token) { definition.types[index] = .userDefined }
      guard spellings.contains(token) || fillInMiddle.contains(token), found[token] == nil
      else { continue }
      let id = Int32(truncatingIfNeeded: index)
      found[token] = id
      definition.types[index] = .control
      definition.special.endOfGeneration.insert(id)
    }
    if definition.special.eot == nil {
      definition.special.eot = turnEnds.lazy.compactMap { found[$0] }.first
    }
    for id in [definition.special.eos, definition.special.eot].compactMap({ $0 }) {
      definition.special.endOfGeneration.insert(id)
    }
    keepHarmonyMessages(&definition, found)
  }

  /// In the harmony format `<|end|>` ends a message, not the answer.
  private static func keepHarmonyMessages(
    _ definition: inout TokenizerDefinition, _ found: [[UInt8]: Int32]
  ) {
    func id(_ spelling: String) -> Int32? { found[Array(spelling.utf8)] }
    let calls = id("<|call|>") != nil || id("<|calls|>") != nil
    guard let end = id("<|end|>"), calls, id("<|return|>") != nil || id("<|flush|>") != nil
    else { return }
    definition.special.endOfGeneration.remove(end)
    definition.types[Int(end)] = .userDefined
  }

  private static func couldBeSpecial(_ token: [UInt8]) -> Bool {
    guard let first = token.first, token.count <= 40 else { return false }
    return first == 0x3c || first == 0x5b || first == 0x5f || first == 0xe2  // < [ _ or U+2581
  }
}
