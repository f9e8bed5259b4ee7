// SPDX-License-Identifier: Apache-2.0
package import TachoModelFiles

/// Finds the tokenizer that belongs to a model.
package enum Tokenizers {
  /// Loads from a `.gguf` file, a `tokenizer.json`, or a directory that holds one.
  package static func load(modelPath: String) throws -> any Tokenizer {
    if FilePaths.isDirectory(modelPath) || looksLikeJSON(modelPath) {
      return try make(TokenizerDefinition(huggingFace: modelPath))
    }
    return try make(gguf: GGUFFile(path: modelPath).metadata)
  }

  /// Decided by content where the name does not tell: a GGUF file may have any name.
  private static func looksLikeJSON(_ path: String) -> Bool {
    if path.lowercased().hasSuffix(".json") { return true }
    guard let file = try? MappedFile(path: path) else { return false }
    return withExtendedLifetime(file) {
      file.bytes.first { ![0x20, 0x0a, 0x0d, 0x09].contains($0) } == UInt8(ascii: "{")
    }
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
