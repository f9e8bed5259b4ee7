// SPDX-License-Identifier: Apache-2.0
package import TachoModelFiles

extension TokenizerDefinition {
  /// Reads `tokenizer.ggml.*`; what is missing gets llama.cpp's defaults (llama-vocab.cpp).
  package init(gguf metadata: GGUFMetadata) throws {
    let reader = GGUFTokenizerReader(metadata)
    self = try reader.definition()
    source = metadata.path
  }
}

/// Builds a definition from GGUF metadata, one aspect at a time.
private struct GGUFTokenizerReader {
  let metadata: GGUFMetadata

  init(_ metadata: GGUFMetadata) {
    self.metadata = metadata
  }

  func definition() throws -> TokenizerDefinition {
    let kind = try metadata.required("tokenizer.ggml.model") { $0.string }
    let model: TokenizerDefinition.Model
    switch kind {
    case "llama": model = .sentencePiece
    case "gpt2": model = .byteLevelBPE
    default:
      throw TokenizerError(
        .unsupported,
        "tokenizer.ggml.model is '\(kind)'; known: llama (SentencePiece BPE), gpt2 (byte-level BPE)",
        path: metadata.path)
    }
    let tokens = try metadata.required("tokenizer.ggml.tokens") { $0.byteStrings }
    var definition = TokenizerDefinition(
      model: model, tokens: tokens, types: try types(tokens.count))
    definition.source = metadata.path
    definition.scores = try scores(tokens.count)
    var addsBOS = model == .sentencePiece
    if model == .sentencePiece {
      try setUpSentencePiece(&definition)
    } else {
      addsBOS = try setUpBytePairs(&definition)
    }
    try readSpecialTokens(&definition)
    EndOfGeneration.complete(&definition)
    try addAddedTokens(&definition)
    try addEnds(&definition, addsBOS: addsBOS)
    return definition
  }

  private func types(_ count: Int) throws -> [TokenType] {
    guard let raw = try metadata.ints("tokenizer.ggml.token_type") else {
      return [TokenType](repeating: .normal, count: count)
    }
    guard raw.count >= count else {
      throw TokenizerError(
        .malformed, "tokenizer.ggml.token_type has \(raw.count) entries for \(count) tokens",
        path: metadata.path)
    }
    return raw.prefix(count).map { value in
      UInt8(exactly: value).flatMap { TokenType(rawValue: $0) } ?? .undefined
    }
  }

  private func scores(_ count: Int) throws -> [Float] {
    let key = "tokenizer.ggml.scores"
    guard case .array(let array) = metadata[key] else { return [] }
    let values = array.floats ?? array.ints?.map { Float($0) }
    guard let values, values.count >= count else {
      throw TokenizerError(
        .malformed, "\(key) must hold a number for each of the \(count) tokens",
        path: metadata.path)
    }
    return Array(values.prefix(count))
  }

  private func setUpSentencePiece(_ definition: inout TokenizerDefinition) throws {
    let addsSpace = try metadata.bool("tokenizer.ggml.add_space_prefix") ?? true
    // Every text follows the start or an added token, so every one gets the space.
    definition.normalizers = addsSpace ? [.prepend([0x20])] : []
    definition.normalizers.append(.replace([0x20], SpaceMark.bytes))
    definition.stripsLeadingSpace = addsSpace
    definition.unescapesSpaces = true
    definition.fallsBackToBytes = true
    definition.special.bos = 1
    definition.special.eos = 2
    definition.special.unknown = 0
  }

  /// Sets merges and pre-tokenizer; tells whether BOS comes first unless the file says otherwise.
  private func setUpBytePairs(_ definition: inout TokenizerDefinition) throws -> Bool {
    let merges = try metadata.required("tokenizer.ggml.merges") { $0.byteStrings }
    definition.merges = merges.map { merge in
      // The first space after the first byte parts the two; a merge without one never applies.
      guard let space = merge.dropFirst().firstIndex(of: 0x20) else { return .init([], []) }
      return .init(Array(merge[..<space]), Array(merge[(space + 1)...]))
    }
    definition.special.bos = 11
    definition.special.eos = 11
    var name = try metadata.string("tokenizer.ggml.pre") ?? ""
    if name.isEmpty {
      name = "default"
      definition.warnings.append(
        "the file names no pre-tokenizer (tokenizer.ggml.pre); 'default' is used, which may cut "
          + "words differently from the model's own rule")
    }
    guard let (family, wholeWords) = PreTokenizers.named(name) else {
      throw TokenizerError(
        .unsupported,
        "unknown pre-tokenizer '\(name)' (tokenizer.ggml.pre); known: "
          + PreTokenizers.names.joined(separator: ", "), path: metadata.path)
    }
    definition.preTokenizerName = name
    definition.preTokenizers = family.steps
    definition.ignoresMerges = wholeWords
    if name == "glm4" || name == "chatglm-bpe" { definition.special.bos = nil }
    return wholeWords
  }

  private func readSpecialTokens(_ definition: inout TokenizerDefinition) throws {
    let count = definition.tokens.count
    func read(_ role: String, _ current: Int32?, _ warnings: inout [String]) throws -> Int32? {
      let usual = current.flatMap { $0 < count ? $0 : nil }
      let key = "tokenizer.ggml.\(role)_token_id"
      guard let id = try metadata.int(key) else { return usual }
      if id >= 0, id < count { return Int32(id) }
      // llama.cpp writes 2^32 - 1 for "none".
      if id != Int(UInt32.max), id != -1 {
        warnings.append("\(key) is \(id), outside the vocabulary of \(count) tokens; ignored")
      }
      return usual
    }
    var warnings = definition.warnings
    var special = definition.special
    special.bos = try read("bos", special.bos, &warnings)
    special.eos = try read("eos", special.eos, &warnings)
    special.eot = try read("eot", special.eot, &warnings)
    special.unknown = try read("unknown", special.unknown, &warnings)
    special.padding = try read("padding", special.padding, &warnings)
    for role in ["eom", "fim_pad", "fim_rep", "fim_sep"] {
      if let id = try read(role, nil, &warnings) { special.endOfGeneration.insert(id) }
    }
    definition.special = special
    definition.warnings = warnings
    if definition.model == .sentencePiece { definition.wordUnknown = special.unknown }
  }

  private func addAddedTokens(_ definition: inout TokenizerDefinition) throws {
    // Phi-3's tokens swallow the white space after them; GGUF has no key for that.
    let name = (try metadata.string("general.name") ?? "").lowercased()
    let stripsRight = name.contains("phi-3") || name.contains("phi3")
    let kept = ["<unk>", "<s>", "<|endoftext|>"].map { Array($0.utf8) }
    for (index, type) in definition.types.enumerated() {
      guard type == .control || type == .userDefined || type == .unknown else { continue }
      let content = definition.tokens[index]
      var token = AddedToken(
        id: Int32(truncatingIfNeeded: index), content: content, isSpecial: type != .userDefined)
      token.stripsRight = stripsRight && !kept.contains(content)
      definition.addedTokens.append(token)
    }
  }

  private func addEnds(_ definition: inout TokenizerDefinition, addsBOS: Bool) throws {
    let addsBOS = try metadata.bool("tokenizer.ggml.add_bos_token") ?? addsBOS
    let addsEOS = try metadata.bool("tokenizer.ggml.add_eos_token") ?? false
    if addsBOS { definition.prefix = [try required(definition.special.bos, "bos")] }
    if addsEOS { definition.suffix = [try required(definition.special.eos, "eos")] }
  }

  private func required(_ id: Int32?, _ role: String) throws -> Int32 {
    guard let id else {
      throw TokenizerError(
        .missing,
        "tokenizer.ggml.add_\(role)_token asks for a token that "
          + "tokenizer.ggml.\(role)_token_id does not name", path: metadata.path)
    }
    return id
  }
}
