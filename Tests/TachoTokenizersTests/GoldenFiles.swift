// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Testing

/// Finds the data that tests compare with.
enum GoldenFiles {
  static let whySkipped: Comment =
    "needs the 8 MB peer vocabulary in ../shared/peers/vocab beside the repository"

  /// The folder `Golden` beside this file.
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  static func path(_ name: String) -> String {
    folder.appending(path: name).path
  }

  static func read(_ name: String) throws -> [UInt8] {
    try Array(Data(contentsOf: folder.appending(path: name)))
  }

  static func lines(_ name: String) throws -> [String] {
    var lines = String(decoding: try read(name), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    return lines
  }

  /// A vocabulary of the peer data that may lie beside the repository.
  static func peerVocabulary(_ name: String) -> String? {
    var root = folder
    for _ in 0..<4 { root.deleteLastPathComponent() }
    // A checkout elsewhere can say where the data is.
    let shared =
      ProcessInfo.processInfo.environment["TACHO_SHARED"] ?? root.appending(path: "shared").path
    let file = shared + "/peers/vocab/ggml-vocab-\(name).gguf"
    return FileManager.default.fileExists(atPath: file) ? file : nil
  }

  /// Inputs separated by llama.cpp's `\n__ggml_vocab_test__\n`.
  static func split(_ bytes: [UInt8]) -> [[UInt8]] {
    let separator = Array("\n__ggml_vocab_test__\n".utf8)
    var parts: [[UInt8]] = []
    var start = 0
    var index = 0
    while index < bytes.count {
      if bytes[index] == separator[0], bytes[index...].starts(with: separator) {
        parts.append(Array(bytes[start..<index]))
        index += separator.count
        start = index
      } else {
        index += 1
      }
    }
    parts.append(Array(bytes[start...]))
    // The file ends with one separator, which llama.cpp does not count as a case.
    if parts.last == [] { parts.removeLast() }
    return parts
  }
}
