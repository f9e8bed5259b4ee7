// SPDX-License-Identifier: Apache-2.0

/// Builds a definition from the parts of a `tokenizer.json`
/// (format: the `tokenizers` library of Hugging Face, version 1.0 of the file).
struct HuggingFaceReader {
  private let root: JSONValue

  init(_ root: JSONValue) {
    self.root = root
  }

  func definition() throws(TokenizerError) -> TokenizerDefinition {
    guard root.members != nil else {
      throw malformed("a tokenizer file is an object, this is \(root.kind)")
    }
    guard let model = root["model"] else { throw missing("model") }
    try checkModel(model)
    let (tokens, extra) = try vocabulary(model)
    let pipeline = try HuggingFacePipeline(root)
    var definition = TokenizerDefinition(
      model: pipeline.isByteLevel ? .byteLevelBPE : .characterBPE, tokens: tokens,
      types: [TokenType](repeating: .normal, count: tokens.count))
    definition.merges = try merges(model)
    definition.duplicateMerges = .lastWins
    definition.addedTokenOrder = .leftmostLongest
    definition.normalizers = pipeline.normalizers
    definition.preTokenizers = pipeline.steps
    definition.preTokenizerName = pipeline.name
    definition.stripsLeadingSpace = pipeline.stripsLeadingSpace
    definition.unescapesSpaces = !pipeline.isByteLevel
    definition.ignoresMerges = model["ignore_merges"]?.flag ?? false
    definition.fallsBackToBytes = model["byte_fallback"]?.flag ?? false
    definition.fusesUnknown = model["fuse_unk"]?.flag ?? false
    if definition.fallsBackToBytes {
      for (index, token) in tokens.enumerated() where ByteToken.byte(token) != nil {
        definition.types[index] = .byte
      }
    }
    try setUnknown(model, &definition)
    try addAddedTokens(extra, &definition)
    let ends = try HuggingFaceEnds(root["post_processor"], vocabularySize: tokens.count)
    definition.prefix = ends.prefix
    definition.suffix = ends.suffix
    definition.special.bos = ends.prefix.first
    definition.special.eos = ends.suffix.last
    try checkMerges(definition)
    return definition
  }

  private func malformed(_ message: String) -> TokenizerError {
    TokenizerError(.malformed, message)
  }

  private func missing(_ key: String) -> TokenizerError {
    TokenizerError(.missing, "the file lacks '\(key)'")
  }

  private func checkModel(_ model: JSONValue) throws(TokenizerError) {
    // Files written before the type was stored have vocabulary and merges only.
    let type = model["type"]?.text ?? (model["merges"] == nil ? "unknown" : "BPE")
    guard type == "BPE" else {
      throw TokenizerError(.unsupported, "the model type is '\(type)'; only BPE is implemented")
    }
    for key in ["continuing_subword_prefix", "end_of_word_suffix"] {
      if let affix = model[key]?.text, !affix.isEmpty {
        throw TokenizerError(
          .unsupported, "model.\(key) is '\(affix)'; subword affixes are not implemented")
      }
    }
    if case .number(let dropout)? = model["dropout"], dropout != 0 {
      throw TokenizerError(
        .unsupported, "model.dropout is \(dropout); set it to null for reproducible tokens")
    }
  }

  /// One entry of `added_tokens`.
  struct Added {
    var token: AddedToken
    var spelling: String
  }

  /// Tokens by id, added ones included, and the added ones by themselves.
  private func vocabulary(
    _ model: JSONValue
  ) throws(TokenizerError) -> ([[UInt8]], [Added]) {
    guard let members = model["vocab"]?.members else { throw missing("model.vocab") }
    var added: [Added] = []
    let entries = root["added_tokens"]?.elements ?? []
    // Ids have few gaps; one far beyond the number of tokens is damage, not a vocabulary.
    let limit = min(
      TokenizerDefinition.mostTokens, 4 * (members.count + entries.count) + 65_536)
    var tokens: [[UInt8]] = []
    func place(_ spelling: String, _ id: Int32) throws(TokenizerError) {
      guard id >= 0, id < limit else {
        throw malformed("the id \(id) of the token '\(spelling)' is out of range")
      }
      while tokens.count <= id { tokens.append([]) }
      tokens[Int(id)] = Array(spelling.utf8)
    }
    tokens.reserveCapacity(members.count + entries.count)
    for member in members {
      guard let id = member.value.id else {
        throw malformed("model.vocab: the id of '\(member.name)' is no whole number of 32 bits")
      }
      try place(member.name, id)
    }
    for entry in entries {
      guard let spelling = entry["content"]?.text, let id = entry["id"]?.id else {
        throw malformed("added_tokens: an entry lacks 'content' or a whole-number 'id'")
      }
      var token = AddedToken(
        id: id, content: Array(spelling.utf8), isSpecial: entry["special"]?.flag ?? false)
      token.stripsLeft = entry["lstrip"]?.flag ?? false
      token.stripsRight = entry["rstrip"]?.flag ?? false
      token.isSingleWord = entry["single_word"]?.flag ?? false
      token.isNormalized = entry["normalized"]?.flag ?? !token.isSpecial
      added.append(Added(token: token, spelling: spelling))
      try place(spelling, id)
    }
    return (tokens, added)
  }

  private func addAddedTokens(
    _ added: [Added], _ definition: inout TokenizerDefinition
  ) throws(TokenizerError) {
    for entry in added where !entry.spelling.isEmpty {
      definition.types[Int(entry.token.id)] = entry.token.isSpecial ? .control : .userDefined
      definition.addedTokens.append(entry.token)
    }
  }

  private func setUnknown(
    _ model: JSONValue, _ definition: inout TokenizerDefinition
  ) throws(TokenizerError) {
    guard let unknown = model["unk_token"]?.text else { return }
    let spelling = Array(unknown.utf8)
    guard let index = definition.tokens.firstIndex(of: spelling) else {
      throw malformed("model.unk_token '\(unknown)' is not in the vocabulary")
    }
    definition.special.unknown = Int32(truncatingIfNeeded: index)
    definition.wordUnknown = definition.special.unknown
  }

  /// Merges, written either "a b" or ["a", "b"].
  private func merges(
    _ model: JSONValue
  ) throws(TokenizerError) -> [TokenizerDefinition.Merge] {
    guard let elements = model["merges"]?.elements else { throw missing("model.merges") }
    var merges: [TokenizerDefinition.Merge] = []
    merges.reserveCapacity(elements.count)
    for (index, element) in elements.enumerated() {
      switch element {
      case .string(let line):
        let bytes = Array(line.utf8)
        guard let space = bytes.firstIndex(of: 0x20),
          bytes[(space + 1)...].firstIndex(of: 0x20) == nil
        else { throw malformed("model.merges[\(index)]: expected two symbols, found '\(line)'") }
        merges.append(.init(bytes, separator: space))
      case .array(let pair):
        guard pair.count == 2, let left = pair[0].text, let right = pair[1].text else {
          throw malformed("model.merges[\(index)]: expected two strings")
        }
        merges.append(.init(Array(left.utf8), Array(right.utf8)))
      default:
        throw malformed("model.merges[\(index)]: expected a pair, found \(element.kind)")
      }
    }
    return merges
  }

  /// Every part and every union of a merge must be a token.
  private func checkMerges(_ definition: TokenizerDefinition) throws(TokenizerError) {
    var table = SymbolTable(minimumCapacity: definition.tokens.count)
    for token in definition.tokens { table.append(token) }
    for (index, merge) in definition.merges.enumerated() {
      for part in MergePart.allCases where merge.find(part, in: table) < 0 {
        let spelling = String(decoding: merge.spelling(part), as: UTF8.self)
        throw malformed("model.merges[\(index)]: '\(spelling)' is not in the vocabulary")
      }
    }
  }
}
