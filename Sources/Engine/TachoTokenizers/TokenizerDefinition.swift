// SPDX-License-Identifier: Apache-2.0

/// Everything that decides how text becomes tokens, whatever file it came from.
///
/// Readers for GGUF metadata and Hugging Face `tokenizer.json` produce one; `Tokenizers.make` turns
/// it into a working tokenizer.
package struct TokenizerDefinition: Sendable {
  /// How pieces of text are merged into tokens.
  package enum Model: String, Sendable {
    /// SentencePiece BPE: the neighbouring pair whose union has the highest score is merged first.
    case sentencePiece
    /// BPE over bytes: tokens are spelled in GPT-2's byte alphabet, merges are ranked.
    case byteLevelBPE
    /// BPE over Unicode characters with ranked merges (SentencePiece models converted by HF).
    case characterBPE
  }

  /// One ranked merge of two symbols, spelled as the file spells tokens.
  package struct Merge: Sendable, Equatable {
    package var left: [UInt8]
    package var right: [UInt8]

    package init(_ left: [UInt8], _ right: [UInt8]) {
      self.left = left
      self.right = right
    }
  }

  /// Which of two merges with the same parts counts.
  package enum DuplicateMerges: Sendable { case firstWins, lastWins }

  /// How added tokens that overlap in the text are told apart.
  package enum AddedTokenOrder: Sendable {
    /// The longest token takes its place first, wherever it stands (llama.cpp).
    case longestFirst
    /// The leftmost match, of those the longest (Hugging Face).
    case leftmostLongest
  }

  package var model: Model
  /// Where it was read from, for messages.
  package var source = ""
  /// Spelling of every token; the index is the id. Ids without a token have an empty spelling.
  package var tokens: [[UInt8]]
  /// Log-probability-like scores, used by `sentencePiece`; empty means all 0.
  package var scores: [Float] = []
  package var types: [TokenType]
  package var merges: [Merge] = []
  package var duplicateMerges = DuplicateMerges.firstWins
  /// Tokens taken from the text before anything else happens to it.
  package var addedTokens: [AddedToken] = []
  package var addedTokenOrder = AddedTokenOrder.longestFirst
  package var normalizers: [Normalizer] = []
  package var preTokenizers: [PreTokenizerStep] = []
  /// The pre-tokenizer's name in the file, or the family it was recognised as.
  package var preTokenizerName = ""

  /// A word that is a token is taken whole, without merging.
  package var ignoresMerges = false
  /// Unknown characters become `<0xNN>` tokens.
  package var fallsBackToBytes = false
  /// The token for text the vocabulary cannot express; nil drops such text.
  package var wordUnknown: Int32?
  /// Neighbouring unknown characters share one unknown token.
  package var fusesUnknown = false
  /// Decoding drops the one space that encoding put in front.
  package var stripsLeadingSpace = false
  /// Decoding turns U+2581 into a space.
  package var unescapesSpaces = false

  package var special = SpecialTokens()
  /// Ids around the text when special tokens are asked for.
  package var prefix: [Int32] = []
  package var suffix: [Int32] = []
  /// What the reader had to assume, one sentence each.
  package var warnings: [String] = []

  package init(model: Model, tokens: [[UInt8]], types: [TokenType]) {
    self.model = model
    self.tokens = tokens
    self.types = types
  }
}

/// Ids with a role; nil where the model has none.
package struct SpecialTokens: Sendable, Equatable {
  package var bos: Int32?
  package var eos: Int32?
  /// End of a chat turn.
  package var eot: Int32?
  package var unknown: Int32?
  package var padding: Int32?
  /// Generation stops at any of these.
  package var endOfGeneration: Set<Int32> = []

  package init() {}
}
