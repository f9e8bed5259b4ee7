// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Glibc

/// A symbol as people know the function: C's as it is, Swift's without modules, types and attributes.
package enum FunctionName {
  /// `$s11TachoEngine11TransformerC7forward...` becomes `Transformer.forward(_:on:)`; a symbol that is not
  /// Swift's stays as it is.
  package static func short(_ symbol: String) -> String {
    // callgrind marks the depth of recursion.
    let bare = symbol.firstIndex(of: "'").map { String(symbol[..<$0]) } ?? symbol
    guard bare.hasPrefix("$s") || bare.hasPrefix("$S"), let text = tacho_demangle(bare) else {
      return bare
    }
    defer { free(text) }
    return shortened(String(cString: text))
  }

  /// What a demangled name is kept from: where it stands before the last of these it is told in a word.
  private static let wrappings: [(prefix: String, word: String)] = [
    ("generic specialization ", "specialised"),
    ("function signature specialization ", "specialised"),
    ("generic not re-abstracted specialization ", "specialised"),
    ("generic partial specialization ", "specialised"), ("partial apply forwarder for ", "partial"),
    ("partial apply for ", "partial"), ("protocol witness for ", "witness"),
    ("merged ", "merged"), ("reabstraction thunk ", "thunk"),
    ("outlined ", "outlined"), ("closure #", "closure"),
  ]

  /// `generic specialization <Swift.Int> of A.B.c(_: Swift.Int) -> ()` becomes `B.c(_:) (specialised)`.
  static func shortened(_ demangled: String) -> String {
    var words: [String] = []
    for (prefix, word) in wrappings where demangled.contains(prefix) && !words.contains(word) {
      words.append(word)
    }
    var name = demangled
    for mark in [" of ", " for ", " in "] {
      // The innermost thing that is not between brackets is the function itself.
      if let start = lastOutside(mark, in: name) { name = String(name[start...]) }
    }
    name = withoutTypes(name)
    return words.isEmpty ? name : "\(name) (\(words.joined(separator: ", ")))"
  }

  /// Behind the last place outside of all brackets where a mark stands.
  private static func lastOutside(_ mark: String, in text: String) -> String.Index? {
    var depth = 0
    var found: String.Index?
    var index = text.startIndex
    while index < text.endIndex {
      switch text[index] {
      case "(", "<", "[": depth += 1
      case ">" where index > text.startIndex && text[text.index(before: index)] == "-": break
      case ")", ">", "]": depth -= 1
      default:
        if depth == 0, text[index...].hasPrefix(mark) {
          found = text.index(index, offsetBy: mark.count)
        }
      }
      index = text.index(after: index)
    }
    return found
  }

  /// The path without its module, the labels without their types, nothing after them.
  private static func withoutTypes(_ name: String) -> String {
    let open = name.firstIndex(of: "(") ?? name.endIndex
    var path = name[..<open]
    // An accessor: `A.B.c.getter : Swift.Int`.
    if let colon = path.firstRange(of: " : ") { path = path[..<colon.lowerBound] }
    if let generic = path.firstIndex(of: "<") { path = path[..<generic] }
    var parts = path.split(separator: ".")
    if parts.count > 1 { parts.removeFirst() }
    let head = parts.joined(separator: ".")
    guard open < name.endIndex, path.endIndex == open || name[path.endIndex] == "<" else {
      return head
    }
    var labels = ""
    var label = ""
    var depth = 0
    var isLabel = true
    for character in name[name.index(after: open)...] {
      if depth == 0, character == ")" { break }
      if "(<[".contains(character) { depth += 1 }
      if ")>]".contains(character) { depth -= 1 }
      if depth == 0, character == ":", isLabel {
        labels += label + ":"
        (label, isLabel) = ("", false)
      } else if depth == 0, character == "," {
        if isLabel { labels += "_:" }
        (label, isLabel) = ("", true)
      } else if isLabel, character != " " {
        label.append(character)
      }
    }
    if isLabel, !label.isEmpty { labels += "_:" }
    return "\(head)(\(labels))"
  }
}
