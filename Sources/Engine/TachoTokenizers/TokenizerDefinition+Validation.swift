// SPDX-License-Identifier: Apache-2.0

extension TokenizerDefinition {
  /// Most tokens a vocabulary may have; the largest known ones have a million.
  static let mostTokens = 1 << 24

  /// Checks what the tables rely on: as many types as tokens, and every id within the vocabulary.
  package func validate() throws(TokenizerError) {
    guard !tokens.isEmpty else {
      throw TokenizerError(.malformed, "the vocabulary is empty", path: source)
    }
    guard tokens.count <= Self.mostTokens else {
      throw TokenizerError(
        .unsupported, "the vocabulary has \(tokens.count) tokens; at most \(Self.mostTokens) work",
        path: source)
    }
    guard types.count == tokens.count else {
      throw TokenizerError(
        .malformed, "\(types.count) token types for \(tokens.count) tokens", path: source)
    }
    guard scores.isEmpty || scores.count == tokens.count else {
      throw TokenizerError(
        .malformed, "\(scores.count) scores for \(tokens.count) tokens", path: source)
    }
    try checkIds([special.bos, special.eos, special.eot].compactMap { $0 }, "special token")
    try checkIds(
      [special.unknown, special.padding, wordUnknown].compactMap { $0 }, "special token")
    try checkIds(prefix + suffix, "token put around the text")
    try checkIds(addedTokens.map(\.id), "added token")
  }

  private func checkIds(_ ids: [Int32], _ what: String) throws(TokenizerError) {
    for id in ids where id < 0 || id >= tokens.count {
      throw TokenizerError(
        .malformed, "the \(what) id \(id) is outside the vocabulary of \(tokens.count) tokens",
        path: source)
    }
  }
}
