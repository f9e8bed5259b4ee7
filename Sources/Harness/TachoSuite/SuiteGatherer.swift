// SPDX-License-Identifier: Apache-2.0
import Foundation

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
