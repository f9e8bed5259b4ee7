// SPDX-License-Identifier: Apache-2.0

/// What a token is for; raw values are those of `tokenizer.ggml.token_type` in GGUF files.
package enum TokenType: UInt8, Sendable, CaseIterable {
  case undefined = 0
  case normal = 1
  /// Stands for text the vocabulary cannot express.
  case unknown = 2
  /// Steers the model (BOS, end of turn); taken from text only when the caller asks for it.
  case control = 3
  /// Added by the model's makers; always taken from text whole.
  case userDefined = 4
  case unused = 5
  /// One raw byte, spelled `<0xNN>`.
  case byte = 6
}
