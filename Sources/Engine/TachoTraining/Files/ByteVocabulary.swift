// SPDX-License-Identifier: Apache-2.0
package import TachoModelFiles

/// The vocabulary of the zoo: a token for each byte, numbered like it, and three control tokens.
///
/// In GGUF it is a byte-level BPE without merges, spelt in GPT-2's alphabet.
package enum ByteVocabulary {
  package static let begin: Int32 = 256
  package static let end: Int32 = 257
  package static let padding: Int32 = 258
  /// Tokens, rounded up to a multiple of 16 with ones that nothing uses.
  package static let size = 272

  /// Token ids of `text` byte by byte, without control tokens.
  package static func encode(_ text: String) -> [Int32] { text.utf8.map { Int32($0) } }

  /// The bytes of `tokens`; control tokens have none.
  package static func decode(_ tokens: [Int32]) -> [UInt8] {
    tokens.compactMap { UInt8(exactly: $0) }
  }

  /// The names of control tokens, from `begin` on.
  private static let controls = ["<|begin|>", "<|end|>", "<|padding|>"]

  /// The vocabulary as GGUF's keys.
  package static func write(into metadata: inout GGUFMetadata) {
    var tokens: [String] = []
    var kinds: [Int32] = []
    for symbol in symbols {
      tokens.append(symbol)
      kinds.append(1)  // normal
    }
    for index in 0..<size - 256 {
      tokens.append(index < controls.count ? controls[index] : "<|unused\(index)|>")
      kinds.append(index < controls.count ? 3 : 5)  // control, unused
    }
    metadata["tokenizer.ggml.model"] = .string("gpt2")
    metadata["tokenizer.ggml.pre"] = .string("gpt-2")
    metadata["tokenizer.ggml.tokens"] = .array(GGUFArray(strings: tokens))
    metadata["tokenizer.ggml.token_type"] = .array(GGUFArray(int32s: kinds))
    metadata["tokenizer.ggml.merges"] = .array(GGUFArray(strings: []))
    metadata["tokenizer.ggml.bos_token_id"] = .uint32(UInt32(begin))
    metadata["tokenizer.ggml.eos_token_id"] = .uint32(UInt32(end))
    metadata["tokenizer.ggml.padding_token_id"] = .uint32(UInt32(padding))
    metadata["tokenizer.ggml.add_bos_token"] = .bool(true)
    metadata["tokenizer.ggml.add_eos_token"] = .bool(false)
  }

  /// GPT-2's printable stand-in for each byte: itself where it is printable, else U+0100 onwards.
  private static let symbols: [String] = {
    var next: UInt32 = 0x100
    return (0..<256).map { byte in
      switch byte {
      case 0x21...0x7e, 0xa1...0xac, 0xae...0xff: break
      default:
        defer { next += 1 }
        return UnicodeScalar(next).map { String($0) } ?? ""
      }
      return UnicodeScalar(UInt32(byte)).map { String($0) } ?? ""
    }
  }()
}
