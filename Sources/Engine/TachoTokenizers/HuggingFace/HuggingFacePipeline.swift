// SPDX-License-Identifier: Apache-2.0

/// What a `tokenizer.json` does to text before merging, and to tokens after: its normalizer,
/// pre-tokenizer and decoder.
struct HuggingFacePipeline {
  private(set) var normalizers: [Normalizer] = []
  private(set) var steps: [PreTokenizerStep] = []
  /// Names of the rules found, for messages.
  private(set) var name = ""
  private(set) var isByteLevel = false
  private(set) var stripsLeadingSpace = false

  init(_ root: JSONValue) throws(TokenizerError) {
    try addNormalizer(root["normalizer"])
    try checkGrowth()
    try addPreTokenizer(root["pre_tokenizer"])
    readDecoder(root["decoder"])
  }

  private static func components(
    _ value: JSONValue, _ list: String
  ) throws(TokenizerError) -> [JSONValue] {
    guard let components = value[list]?.elements else {
      throw TokenizerError(.malformed, "a Sequence lacks its '\(list)'")
    }
    return components
  }

  private static func type(_ value: JSONValue, _ part: String) throws(TokenizerError) -> String {
    guard let type = value["type"]?.text else {
      throw TokenizerError(.malformed, "the \(part) has no 'type'")
    }
    return type
  }

  private mutating func addNormalizer(_ value: JSONValue?) throws(TokenizerError) {
    guard let value else { return }
    let type = try Self.type(value, "normalizer")
    switch type {
    case "Sequence":
      for part in try Self.components(value, "normalizers") { try addNormalizer(part) }
    case "NFC": normalizers.append(.nfc)
    case "Prepend": normalizers.append(.prepend(Array((value["prepend"]?.text ?? "").utf8)))
    case "Replace":
      guard let pattern = value["pattern"]?["String"]?.text, !pattern.isEmpty,
        let content = value["content"]?.text
      else {
        throw TokenizerError(
          .unsupported, "the normalizer Replace works with a 'String' pattern and 'content' only")
      }
      normalizers.append(.replace(Array(pattern.utf8), Array(content.utf8)))
    default:
      throw TokenizerError(
        .unsupported,
        "the normalizer '\(type)' is not implemented; known: NFC, Prepend, Replace, Sequence")
    }
  }

  /// Real normalizers make text three times as long (a space becomes U+2581); a damaged or hostile
  /// file's could double it again and again.
  private func checkGrowth() throws(TokenizerError) {
    let growth = normalizers.reduce(1.0) { $0 * $1.growth }
    guard growth <= 64 else {
      throw TokenizerError(
        .unsupported,
        "the normalizers may make text \(growth) times as long; at most 64 times works")
    }
  }

  private mutating func addPreTokenizer(_ value: JSONValue?) throws(TokenizerError) {
    guard let value else { return }
    let type = try Self.type(value, "pre-tokenizer")
    name += name.isEmpty ? type : "+" + type
    switch type {
    case "Sequence":
      for part in try Self.components(value, "pretokenizers") { try addPreTokenizer(part) }
    case "ByteLevel":
      isByteLevel = true
      if value["add_prefix_space"]?.flag ?? true { steps.append(.prefixSpace) }
      if value["use_regex"]?.flag ?? true { steps += PreTokenizerFamily.gpt2.steps }
    case "Digits":
      let individually = value["individual_digits"]?.flag ?? false
      steps.append(.split(DigitsPreTokenizer(individually: individually)))
    case "Metaspace": steps.append(.metaspace(try Self.metaspace(value)))
    case "Split": steps += try Self.split(value)
    default:
      throw TokenizerError(
        .unsupported,
        "the pre-tokenizer '\(type)' is not implemented; known: ByteLevel, Digits, Metaspace, "
          + "Sequence, Split")
    }
  }

  private static func metaspace(_ value: JSONValue) throws(TokenizerError) -> Metaspace {
    // Older files say add_prefix_space where newer ones have a scheme.
    let scheme =
      value["prepend_scheme"]?.text
      ?? (value["add_prefix_space"]?.flag ?? true ? "always" : "never")
    guard let prepend = Metaspace.Prepend(rawValue: scheme) else {
      throw TokenizerError(
        .malformed, "Metaspace.prepend_scheme is '\(scheme)'; known: always, first, never")
    }
    let mark = value["replacement"]?.text ?? "\u{2581}"
    guard mark.unicodeScalars.count == 1 else {
      throw TokenizerError(.malformed, "Metaspace.replacement must be one character")
    }
    return Metaspace(
      mark: Array(mark.utf8), prepend: prepend, splits: value["split"]?.flag ?? true)
  }

  private static func split(_ value: JSONValue) throws(TokenizerError) -> [PreTokenizerStep] {
    let behavior = value["behavior"]?.text ?? "Isolated"
    let inverted = value["invert"]?.flag ?? false
    if let literal = value["pattern"]?["String"]?.text, !inverted,
      let known = LiteralPreTokenizer.Behavior(rawValue: behavior)
    {
      let values = literal.unicodeScalars.map(\.value)
      return [.split(LiteralPreTokenizer(literal: values, behavior: known))]
    }
    guard let pattern = value["pattern"]?["Regex"]?.text else {
      throw TokenizerError(
        .unsupported, "a Split with behavior '\(behavior)' and no known pattern is not implemented")
    }
    guard let family = PreTokenizers.matching(pattern: pattern) else {
      throw TokenizerError(
        .unsupported,
        "the Split regex is none of the known ones ("
          + PreTokenizers.all.filter { !$0.patterns.isEmpty }
          .compactMap { ($0.wholeWordNames + $0.names).first }.joined(separator: ", ")
          + "): \(pattern)")
    }
    // The known regexes match every character, so keeping the matches is keeping everything.
    guard behavior == "Isolated" && !inverted || behavior == "Removed" && inverted else {
      throw TokenizerError(
        .unsupported,
        "a Split with behavior '\(behavior)' and invert \(inverted) is not implemented")
    }
    return family.patternSteps ?? family.steps
  }

  private mutating func readDecoder(_ value: JSONValue?) {
    guard let value else { return }
    switch value["type"]?.text {
    case "Sequence":
      for part in value["decoders"]?.elements ?? [] { readDecoder(part) }
    case "Strip":
      if value["content"]?.text == " ", (value["start"]?.id ?? 0) > 0 { stripsLeadingSpace = true }
    case "Metaspace":
      stripsLeadingSpace =
        (value["prepend_scheme"]?.text ?? "always") != "never"
        && value["add_prefix_space"]?.flag ?? true
    case "ByteLevel": isByteLevel = true
    default: break
    }
  }
}
