// SPDX-License-Identifier: Apache-2.0

/// A YAML value with its place in the file.
///
/// Scalars stay text: the knob decides what `off` or `1:30` means.
package struct YAMLNode: Sendable {
  package enum Content: Sendable {
    case scalar(String, quoted: Bool)
    case sequence([YAMLNode])
    case mapping([YAMLEntry])
  }

  package var position: SourcePosition
  package var content: Content

  /// The text of a scalar, or nil.
  package var text: String? {
    if case .scalar(let text, _) = content { return text }
    return nil
  }

  /// The texts of a list of scalars with commas between, as `--set` spells it, or nil.
  var joinedTexts: String? {
    guard case .sequence(let items) = content, !items.isEmpty else { return nil }
    let texts = items.compactMap(\.text)
    return texts.count == items.count ? texts.joined(separator: ",") : nil
  }

  /// `key:` with nothing after it.
  package var isEmpty: Bool {
    if case .scalar(let text, let quoted) = content { return text.isEmpty && !quoted }
    return false
  }

  /// What it is, for "expected X, found Y".
  package var noun: String {
    switch content {
    case .scalar(let text, _): return isEmpty ? "nothing" : quoted(text)
    case .sequence: return "a list"
    case .mapping: return "a mapping"
    }
  }
}

/// One `key: value` of a mapping.
package struct YAMLEntry: Sendable {
  package var key: String
  package var keyPosition: SourcePosition
  package var value: YAMLNode
}
