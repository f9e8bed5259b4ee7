// SPDX-License-Identifier: Apache-2.0
import Yams

/// Turns the text of one file into `YAMLNode`s with positions, within limits that a hostile file hits
/// before it costs memory or stack.
struct YAMLReader {
  /// Collections inside collections.
  static let maxDepth = 64
  /// Values in one file after aliases are expanded.
  static let maxNodes = 100_000
  /// Bytes of one scalar.
  static let maxScalarBytes = 64 * 1024
  /// Work that aliases may multiply a file into (see `checkAliases`).
  static let maxAliasWork = 5e7

  let file: String
  let text: String
  /// What the file is, for messages.
  let noun: String
  private var nodes = 0

  init(file: String, text: String, noun: String = "a suite") {
    self.file = file
    self.text = text
    self.noun = noun
  }

  /// The file's only document.
  mutating func read() throws(SuiteError) -> YAMLNode {
    try checkAliases()
    let root: Node?
    do {
      // The basic resolver gives no scalar a type, so nothing is inferred from its spelling.
      root = try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw suiteError(of: error)
    } catch {
      throw SuiteError(SourcePosition(file: file), "not valid YAML: \(error)")
    }
    guard let root else {
      throw SuiteError(
        SourcePosition(file: file, line: 1, column: 1),
        "the file is empty; \(noun) starts with 'schema: \(SuiteLanguage.version)'")
    }
    return try convert(root, depth: 0)
  }

  /// Refuses files whose aliases could expand without bound.
  ///
  /// The parser compares mapping keys with their aliases expanded, so this must happen before it
  /// runs: n aliases multiply a file by 3^(n/3) at most, when each level of anchors holds three
  /// aliases of the one below.
  private func checkAliases() throws(SuiteError) {
    var count = 0
    var work = Double(text.utf8.count)
    var line = 1
    var column = 0
    var before = UInt8(ascii: " ")
    var bytes = text.utf8.makeIterator()
    var current = bytes.next()
    while let byte = current {
      let after = bytes.next()
      column += 1
      if byte == UInt8(ascii: "*"), Self.mayPrecedeAlias(before), Self.mayNameAlias(after) {
        count += 1
        // 3^(1/3)
        work *= 1.44225
        if work > Self.maxAliasWork {
          throw SuiteError(
            SourcePosition(file: file, line: line, column: column),
            "\(count) YAML aliases (*name) are too many for a file of \(text.utf8.count) bytes;"
              + " share settings with 'base', 'variants' or 'extends' instead")
        }
      }
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 0
      }
      before = byte
      current = after
    }
  }

  /// An alias starts a value: it follows a space, a bracket, a comma or, after a quoted key, a colon.
  private static func mayPrecedeAlias(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte >= 0x80
      || [UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","), UInt8(ascii: ":")]
        .contains(byte)
  }

  private static func mayNameAlias(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  private func position(_ mark: Mark?) -> SourcePosition {
    SourcePosition(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  private mutating func convert(_ node: Node, depth: Int) throws(SuiteError) -> YAMLNode {
    let position = position(node.mark)
    nodes += 1
    guard nodes <= Self.maxNodes else {
      throw SuiteError(
        position, "more than \(Self.maxNodes) values in one file (are aliases multiplying them?)")
    }
    guard depth <= Self.maxDepth else {
      throw SuiteError(position, "nested more than \(Self.maxDepth) levels deep")
    }
    switch node {
    case .scalar(let scalar):
      try checkTag(scalar.tag, position)
      return YAMLNode(position: position, content: try convert(scalar, position))
    case .sequence(let sequence):
      try checkTag(sequence.tag, position)
      var elements: [YAMLNode] = []
      for element in sequence { elements.append(try convert(element, depth: depth + 1)) }
      return YAMLNode(position: position, content: .sequence(elements))
    case .mapping(let mapping):
      try checkTag(mapping.tag, position)
      return YAMLNode(
        position: position, content: .mapping(try entries(of: mapping, depth: depth)))
    case .alias:
      throw SuiteError(position, "this YAML alias has no anchor")
    }
  }

  private func convert(
    _ scalar: Node.Scalar, _ position: SourcePosition
  ) throws(SuiteError) -> YAMLNode.Content {
    guard scalar.string.utf8.count <= Self.maxScalarBytes else {
      throw SuiteError(
        position,
        "a value of \(scalar.string.utf8.count) bytes; at most \(Self.maxScalarBytes) are allowed")
    }
    return .scalar(scalar.string, quoted: scalar.style != .plain && scalar.style != .any)
  }

  private mutating func entries(
    of mapping: Node.Mapping, depth: Int
  ) throws(SuiteError) -> [YAMLEntry] {
    var entries: [YAMLEntry] = []
    var first: [String: SourcePosition] = [:]
    for (key, value) in mapping {
      let position = position(key.mark)
      guard let name = key.scalar?.string, name.utf8.count <= 1024 else {
        throw SuiteError(position, "a key must be a short text, not a list or a mapping")
      }
      if name == "<<" {
        throw SuiteError(
          position, "YAML merge keys (<<) are not part of the language; use 'base' or 'extends'")
      }
      if let earlier = first[name] { throw duplicate(name, at: position, first: earlier) }
      first[name] = position
      entries.append(
        YAMLEntry(key: name, keyPosition: position, value: try convert(value, depth: depth + 1)))
    }
    return entries
  }

  private func checkTag(_ tag: Tag, _ position: SourcePosition) throws(SuiteError) {
    let prefix = "tag:yaml.org,2002:"
    guard !["", "!", prefix + "str", prefix + "seq", prefix + "map"].contains(tag.rawValue) else {
      return
    }
    throw SuiteError(
      position, "YAML tag \(quoted(tag.rawValue)) is not part of the language; remove it")
  }

  private func duplicate(
    _ key: String, at position: SourcePosition, first: SourcePosition
  ) -> SuiteError {
    SuiteError(
      position, "duplicate key \(quoted(key)); it is already at line \(first.line)")
  }

  private func suiteError(of error: YamlError) -> SuiteError {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      let place = context.map { " \($0.text) that starts at \($0.mark)" } ?? ""
      return SuiteError(position(mark), "YAML syntax: \(problem)\(place)")
    case .reader(let problem, let offset, _, _):
      return SuiteError(position(ofCharacter: offset), "YAML syntax: \(problem)")
    case .duplicatedKeysInMapping(let names, let context):
      let first = position(context.mark)
      let name = names.first ?? ""
      return duplicate(name, at: secondOccurrence(of: name, after: first) ?? first, first: first)
    default:
      return SuiteError(SourcePosition(file: file), "not valid YAML: \(error)")
    }
  }

  private func position(ofCharacter offset: Int?) -> SourcePosition {
    guard let offset else { return SourcePosition(file: file) }
    let before = text.prefix(offset)
    let line = before.count(where: \.isNewline) + 1
    let lineStart = before.lastIndex(where: \.isNewline).map { before.index(after: $0) }
    let column = before[(lineStart ?? before.startIndex)...].unicodeScalars.count + 1
    return SourcePosition(file: file, line: line, column: column)
  }

  /// The parser tells only where a repeated key stands first; in a block mapping the other is the
  /// next line that has it in the same column.
  private func secondOccurrence(of key: String, after first: SourcePosition) -> SourcePosition? {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated().dropFirst(first.line) {
      let scalars = line.unicodeScalars
      guard let start = scalars.firstIndex(where: { $0 != " " }), scalars[start] != "#" else {
        continue
      }
      let column = scalars.distance(from: scalars.startIndex, to: start) + 1
      if column < first.column { return nil }
      let rest = String(scalars[start...])
      let spellings = [key, "\"\(key)\"", "'\(key)'"]
      if column == first.column, spellings.contains(where: { rest.hasPrefix($0 + ":") }) {
        return SourcePosition(file: file, line: index + 1, column: column)
      }
    }
    return nil
  }
}
