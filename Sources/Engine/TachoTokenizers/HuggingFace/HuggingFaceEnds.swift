// SPDX-License-Identifier: Apache-2.0

/// Tokens that a `tokenizer.json`'s post-processor puts before and after a single text.
struct HuggingFaceEnds {
  private(set) var prefix: [Int32] = []
  private(set) var suffix: [Int32] = []

  init(_ value: JSONValue?, vocabularySize: Int) throws(TokenizerError) {
    try add(value)
    for id in prefix + suffix where id < 0 || id >= vocabularySize {
      throw TokenizerError(
        .malformed, "post_processor: the id \(id) is outside the vocabulary of \(vocabularySize)")
    }
  }

  private mutating func add(_ value: JSONValue?) throws(TokenizerError) {
    guard let value else { return }
    guard let type = value["type"]?.text else {
      throw TokenizerError(.malformed, "the post_processor has no 'type'")
    }
    switch type {
    case "ByteLevel": return  // moves offsets only
    case "Sequence":
      for part in value["processors"]?.elements ?? [] { try add(part) }
    case "TemplateProcessing": try addTemplate(value)
    case "BertProcessing", "RobertaProcessing":
      guard let first = value["cls"]?.elements?.last?.id,
        let last = value["sep"]?.elements?.last?.id
      else {
        throw TokenizerError(.malformed, "post_processor: \(type) lacks 'cls' or 'sep'")
      }
      prefix.insert(first, at: 0)
      suffix.append(last)
    default:
      throw TokenizerError(
        .unsupported,
        "the post-processor '\(type)' is not implemented; known: BertProcessing, ByteLevel, "
          + "RobertaProcessing, Sequence, TemplateProcessing")
    }
  }

  private mutating func addTemplate(_ value: JSONValue) throws(TokenizerError) {
    var before: [Int32] = []
    var after: [Int32] = []
    var seenText = false
    for item in value["single"]?.elements ?? [] {
      if item["Sequence"] != nil {
        guard !seenText else {
          throw TokenizerError(.unsupported, "post_processor: a template with the text twice")
        }
        seenText = true
      } else if let name = item["SpecialToken"]?["id"]?.text {
        guard let ids = value["special_tokens"]?[name]?["ids"]?.elements else {
          throw TokenizerError(.malformed, "post_processor: no ids for the special token '\(name)'")
        }
        for id in ids.compactMap(\.id) {
          if seenText { after.append(id) } else { before.append(id) }
        }
      }
    }
    prefix = before + prefix
    suffix += after
  }
}
