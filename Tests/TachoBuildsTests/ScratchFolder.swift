// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A folder for one test, and small repositories in it.
final class ScratchFolder: Sendable {
  let path: String

  init() throws {
    let folder = NSTemporaryDirectory() + "/tacho-builds-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Git and the cache speak of folders without links.
    path = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ text: String, to name: String, executable: Bool = false) throws {
    let file = URL(fileURLWithPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
    if executable {
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
    }
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  /// Runs git in a subfolder; its output without the last newline.
  @discardableResult func git(_ arguments: String..., in folder: String = "repo") throws -> String {
    try Self.run(
      ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-C", "\(path)/\(folder)"]
        + arguments)
  }

  /// An empty repository with a branch `main` in `repo`.
  func makeRepository() throws {
    try FileManager.default.createDirectory(
      atPath: path + "/repo", withIntermediateDirectories: true)
    try git("init", "-q", "-b", "main")
  }

  /// Commits all of `repo`; the commit's hash.
  @discardableResult func commit(_ message: String = "change") throws -> String {
    try git("add", "-A")
    try git("commit", "-q", "--allow-empty", "-m", message)
    return try git("rev-parse", "HEAD")
  }

  static func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(arguments.joined(separator: " "))")
    let text = String(decoding: data, as: UTF8.self)
    return text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}
