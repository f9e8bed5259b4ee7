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
  package static func resolve(_ path: String, relativeTo file: String) -> String {
    if path == "~" || path.hasPrefix("~/") {
      return FileManager.default.homeDirectoryForCurrentUser.path + path.dropFirst(1)
    }
    guard !path.hasPrefix("/"), let slash = file.lastIndex(of: "/") else { return path }
    var relative = Substring(path)
    while relative.hasPrefix("./") { relative = relative.dropFirst(2) }
    return String(file[...slash]) + relative
  }
}
