// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRun

/// Made-up /proc and /sys trees.
enum FakeFiles {
  /// Writes files below a temporary root and reads them there.
  static func with<Value>(_ tree: [String: String], _ body: (SystemFiles) throws -> Value) throws
    -> Value
  {
    let root = FileManager.default.temporaryDirectory.appending(path: "probe-\(UUID())")
    defer { try? FileManager.default.removeItem(at: root) }
    for (path, text) in tree {
      let file = root.appending(path: path)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: file, atomically: false, encoding: .utf8)
    }
    return try body(SystemFiles(root: root.path))
  }
}
