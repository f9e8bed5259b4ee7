// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoRecord
import TachoStore
import Testing

/// A temporary directory to run `tacho` in, with a model cache of its own.
final class Workplace {
  let directory: String

  init() throws {
    // The name as the kernel knows it, to find processes by their working directory.
    let parent = URL(fileURLWithPath: NSTemporaryDirectory()).resolvingSymlinksInPath().path
    directory = "\(parent)/tacho-end-to-end-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// The program lies beside the test bundle.
  static func program() throws -> String {
    let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = (bundle as NSString).deletingLastPathComponent + "/tacho"
    try #require(
      FileManager.default.isExecutableFile(atPath: path), "\(path) is missing: swift build")
    return path
  }

  func path(_ name: String) -> String { "\(directory)/\(name)" }

  func write(_ name: String, _ text: String) throws {
    try text.write(toFile: path(name), atomically: true, encoding: .utf8)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path(name), encoding: .utf8)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }

  /// Starts a command without waiting for it.
  func start(
    _ arguments: [String], input: String = "", outputPath: String? = nil
  ) throws -> RunningCommand {
    try RunningCommand(
      program: Self.program(), arguments: arguments, directory: directory, input: input,
      outputPath: outputPath)
  }

  /// Runs a command to its end.
  func tacho(_ arguments: String..., input: String = "") throws -> CommandResult {
    try start(arguments, input: input).result()
  }

  /// Runs a command that must succeed, and returns its standard output.
  @discardableResult
  func expect(
    _ arguments: String..., input: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let result = try start(arguments, input: input).result()
    try #require(result.code == 0, "\(arguments): \(result)", sourceLocation: sourceLocation)
    return result.output
  }

  /// The latest sweep in a store, as it is on disk now.
  func sweep(_ store: String) throws -> ResultSet.Sweep {
    let store = try ResultStore(path: path(store), readOnly: true)
    let latest = try #require(try store.latestSweep())
    return try store.results(of: latest.id)
  }

  /// Changes a store behind the program's back.
  func alter(_ store: String, _ sql: String) throws {
    var configuration = Configuration()
    configuration.foreignKeysEnabled = false
    try DatabaseQueue(path: path(store), configuration: configuration).write {
      try $0.execute(sql: sql)
    }
  }

  /// Processes that work in this directory, ended ones that nobody has collected left out.
  func processes() throws -> [Int32] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { Int32($0) }.filter {
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\($0)/cwd")) == directory
    }
  }

  /// Whether all processes here are gone within five seconds.
  func becomesEmpty() throws -> Bool {
    for _ in 0..<250 {
      if try processes().isEmpty { return true }
      usleep(20_000)
    }
    return false
  }
}
