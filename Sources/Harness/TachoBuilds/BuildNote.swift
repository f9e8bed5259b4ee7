// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What is written beside a kept program (`build.json`): where it comes from, and how to see that it is
/// whole.
package struct BuildNote: Sendable, Hashable, Codable {
  package enum Origin: String, Sendable, Codable {
    /// Compiled from a revision's content, or from a working tree's.
    case revision, workingTree = "working-tree"
    /// A program somebody else built.
    case given
    /// The same objects linked in another order.
    case relinked
    /// The same bytes at another path.
    case copied
  }

  package var origin: Origin
  /// The word it was first asked for by; another revision with the same content has the same program.
  package var label: String
  /// Hashes of git; nil for a program somebody else built.
  ///
  /// A working tree has a content and no commit.
  package var tree: String?
  package var commit: String?
  package var recipe: BuildRecipe?
  package var swiftVersion: String?
  package var cCompilerVersion: String?
  package var architecture: String?
  package var layoutSeed: UInt64 = 0
  /// How long compiling and linking took; nil when nothing was compiled.
  package var seconds: Double?
  /// Why it cannot be linked in another order; nil when it can.
  package var notRelinkable: String?
  /// The program's size and checksum.
  package var bytes: Int
  package var checksum: String

  static let fileName = "build.json"

  init(origin: Origin, label: String, bytes: Int, checksum: String) {
    self.origin = origin
    self.label = label
    self.bytes = bytes
    self.checksum = checksum
  }

  func write(to folder: String) throws(BuildError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do {
      try encoder.encode(self).write(to: URL(fileURLWithPath: "\(folder)/\(Self.fileName)"))
    } catch {
      throw BuildError(
        .failed, "cannot write \(folder)/\(Self.fileName): \(error.localizedDescription)")
    }
  }

  /// Nil when it is missing, too large for one, or not one.
  static func read(from folder: String) -> BuildNote? {
    guard let file = try? ReadableFile("\(folder)/\(fileName)"), file.size < 1 << 20,
      let bytes = try? file.bytes(at: 0, count: file.size)
    else { return nil }
    return try? JSONDecoder().decode(BuildNote.self, from: Data(bytes))
  }
}
