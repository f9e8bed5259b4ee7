// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Reads suite files: text, YAML, the files it extends, names and types.
package enum SuiteFile {
  /// Files that extend files that extend files ...
  static let maxDepth = 16
  /// Files read for one suite, however they are shared.
  static let maxFiles = 64

  /// The suite in a file, checked against the kinds of benchmark this program has.
  package static func read(
    path: String, kinds: [BenchmarkKind]
  ) throws(SuiteError) -> BenchmarkSuite {
    try build(try SuiteText(path: path), kinds)
  }

  /// A suite that is already at hand as text; `path` is what messages and relative paths go by.
  package static func read(
    text: String, path: String, kinds: [BenchmarkKind]
  ) throws(SuiteError) -> BenchmarkSuite {
    guard text.utf8.count <= SuiteText.maxBytes else {
      throw SuiteError(
        SourcePosition(file: path), "is larger than \(SuiteText.maxBytes) bytes; is it a suite?")
    }
    return try build(SuiteText(path: path, text: text), kinds)
  }

  private static func build(
    _ text: SuiteText, _ kinds: [BenchmarkKind]
  ) throws(SuiteError) -> BenchmarkSuite {
    let log = ProblemLog()
    var gatherer = SuiteGatherer(log: log)
    let document = try gatherer.gather(text)
    let suite = SuiteResolver(document: document, kinds: kinds, log: log)
      .resolve(path: text.path, text: joined(gatherer.texts))
    try log.throwIfAny()
    return suite
  }

  /// One file as it is; several with a line that names each.
  private static func joined(_ texts: [SuiteText]) -> String {
    guard texts.count > 1 else { return texts.first?.text ?? "" }
    return texts.map { part in
      "# file: \(part.path)\n\(part.text)" + (part.text.hasSuffix("\n") ? "" : "\n")
    }.joined()
  }

  /// A path written in a file, as seen from where the program runs: `~` expanded, relative to the file.
  static func resolve(_ path: String, relativeTo file: String) -> String {
    if path == "~" || path.hasPrefix("~/") {
      return FileManager.default.homeDirectoryForCurrentUser.path + path.dropFirst(1)
    }
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    var relative = Substring(path)
    while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
    return String(file[...slash]) + relative
  }
}

/// Reads a file and those it extends, lowest first, and merges them.
struct SuiteGatherer {
  let log: ProblemLog
  /// The texts read, in the order they are merged.
  private(set) var texts: [SuiteText] = []
  private var documents: [String: SuiteDocument] = [:]

  init(log: ProblemLog) {
    self.log = log
  }

  mutating func gather(_ text: SuiteText) throws(SuiteError) -> SuiteDocument {
    try gather(text, chain: [text.path])
  }

  private mutating func gather(
    _ text: SuiteText, chain: [String]
  ) throws(SuiteError) -> SuiteDocument {
    var reader = YAMLReader(file: text.path, text: text.text)
    let root = try reader.read()
    let (own, extends) = SuiteDocumentReader(log: log).read(root)
    var merged: SuiteDocument?
    for reference in extends {
      let path = SuiteFile.resolve(reference.name, relativeTo: text.path)
      let identity = Self.identity(path)
      let identities = chain.map(Self.identity)
      if let start = identities.firstIndex(of: identity) {
        let names = (chain[start...] + [path]).joined(separator: " -> ")
        throw SuiteError(reference.position, "files extend each other in a circle: \(names)")
      }
      guard chain.count < SuiteFile.maxDepth else {
        throw SuiteError(
          reference.position, "more than \(SuiteFile.maxDepth) files extend one another")
      }
      let lower: SuiteDocument
      if let known = documents[identity] {
        lower = known
      } else {
        guard documents.count < SuiteFile.maxFiles else {
          throw SuiteError(reference.position, "more than \(SuiteFile.maxFiles) files in one suite")
        }
        let text = try SuiteText(path: path, neededAt: reference.position)
        lower = try gather(text, chain: chain + [path])
        documents[identity] = lower
      }
      if merged == nil { merged = lower } else { merged?.merge(lower) }
    }
    texts.append(text)
    guard var merged else { return own }
    merged.merge(own)
    return merged
  }

  /// One name per file, however it is spelt.
  private static func identity(_ path: String) -> String {
    URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
  }
}
