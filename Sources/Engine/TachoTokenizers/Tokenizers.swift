// SPDX-License-Identifier: Apache-2.0
package import TachoModelFiles

/// Finds the tokenizer that belongs to a model.
package enum Tokenizers {
  /// Loads from a `.gguf` file, a `tokenizer.json`, or a directory that holds one.
  package static func load(modelPath: String) throws -> any Tokenizer {
    if modelPath.lowercased().hasSuffix(".gguf") {
      return try make(gguf: GGUFFile(path: modelPath).metadata)
    }
    return try make(TokenizerDefinition(huggingFace: modelPath))
  }

  /// The tokenizer in a GGUF file that is already open.
  package static func make(gguf metadata: GGUFMetadata) throws -> any Tokenizer {
    try make(TokenizerDefinition(gguf: metadata))
  }

  /// A tokenizer for a definition built by hand.
  package static func make(_ definition: TokenizerDefinition) throws -> any Tokenizer {
    try SubwordTokenizer(definition)
  }
}
