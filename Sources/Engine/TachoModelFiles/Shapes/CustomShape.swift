// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// Parses a shape spelt out on the command line:
/// `custom:hidden=1024,layers=12,heads=16,kv_heads=4,head_dim=64,ffn=2816,vocab=32000,arch=llama`.
///
/// `kv_heads` (= heads), `head_dim` (= hidden / heads), `context` (2048), `rope_base` (10000),
/// `tied` (false) and `arch` (llama) may be left out.
package enum CustomShape {
  package static let prefix = "custom:"

  private static let sizes: [(key: String, range: ClosedRange<Int>, isRequired: Bool)] = [
    ("hidden", 32...65_536, true), ("layers", 1...1024, true), ("heads", 1...1024, true),
    ("ffn", 32...1_048_576, true), ("vocab", 260...1_048_576, true), ("kv_heads", 1...1024, false),
    ("head_dim", 2...4096, false), ("context", 16...16_777_216, false),
    ("rope_base", 1...1_000_000_000, false),
  ]
  private static let otherKeys = ["arch", "tied"]

  package static func parse(_ text: String) throws -> ModelShape {
    let members = try members(of: text)
    var numbers: [String: Int] = [:]
    for size in sizes {
      guard let value = members[size.key] else {
        if size.isRequired { throw failure(text, "lacks '\(size.key)='") }
        continue
      }
      guard let number = Int(value), size.range.contains(number) else {
        throw failure(
          text,
          "'\(size.key)=\(value)' should be a whole number from \(size.range.lowerBound) to "
            + "\(size.range.upperBound)")
      }
      numbers[size.key] = number
    }
    guard let hidden = numbers["hidden"], let layers = numbers["layers"],
      let heads = numbers["heads"], let ffn = numbers["ffn"], let vocabulary = numbers["vocab"]
    else { throw failure(text, "is incomplete") }
    let keyValueHeads = numbers["kv_heads"] ?? heads
    let headDimension = numbers["head_dim"] ?? hidden / heads
    let architecture = try architecture(members["arch"] ?? "llama", text)
    let tied = try flag(members["tied"] ?? "false", text)
    guard heads % keyValueHeads == 0 else {
      throw failure(text, "heads \(heads) is not a multiple of kv_heads \(keyValueHeads)")
    }
    guard headDimension >= 2, headDimension % 2 == 0 else {
      throw failure(text, "head_dim \(headDimension) is not even and above zero")
    }
    let rows = [
      ("hidden", hidden), ("ffn", ffn), ("heads * head_dim", heads * headDimension),
    ]
    for (key, length) in rows where length % 32 != 0 {
      throw failure(text, "\(key) is \(length), which is not a multiple of 32")
    }
    return ModelShape(
      name: text, architecture: architecture, hiddenSize: hidden, layerCount: layers,
      headCount: heads, keyValueHeadCount: keyValueHeads, headDimension: headDimension,
      feedForwardSize: ffn, vocabularySize: vocabulary, contextLength: numbers["context"] ?? 2048,
      normEpsilon: 1e-6, ropeBase: Double(numbers["rope_base"] ?? 10_000), tiedEmbeddings: tied,
      tokenizer: architecture == .llama ? .sentencePiece : .byteLevelBPE(pre: "qwen2"))
  }

  private static func members(of text: String) throws -> [String: String] {
    let known = sizes.map(\.key) + otherKeys
    var members: [String: String] = [:]
    for part in text.dropFirst(prefix.count).split(separator: ",") {
      let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pieces.count == 2 else { throw failure(text, "'\(part)' should be key=value") }
      let key = String(pieces[0])
      guard known.contains(key) else {
        let hint = Spelling.suggestion(for: key, among: known).map { "; did you mean '\($0)'?" }
        throw failure(
          text, "'\(key)' is not a key" + (hint ?? "") + " (keys: \(known.joined(separator: ", ")))"
        )
      }
      guard members.updateValue(String(pieces[1]), forKey: key) == nil else {
        throw failure(text, "'\(key)' is given twice")
      }
    }
    return members
  }

  private static func architecture(
    _ name: String, _ text: String
  ) throws -> ModelShape.Architecture {
    guard let architecture = ModelShape.Architecture(rawValue: name) else {
      let known = ModelShape.Architecture.allCases.map(\.rawValue).joined(separator: ", ")
      throw failure(text, "'arch=\(name)' should be one of \(known)")
    }
    return architecture
  }

  private static func flag(_ value: String, _ text: String) throws -> Bool {
    guard let flag = Bool(value) else {
      throw failure(text, "'tied=\(value)' should be true or false")
    }
    return flag
  }

  private static func failure(_ text: String, _ problem: String) -> ModelFileError {
    ModelFileError(.invalidArgument, "the shape '\(text.prefix(200))': \(problem)", path: "")
  }
}
