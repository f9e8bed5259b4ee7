// SPDX-License-Identifier: Apache-2.0
import Foundation

/// What a command printed and how it ended.
struct CommandResult: CustomStringConvertible {
  /// The exit code, or minus the signal that ended it.
  let code: Int32
  let output: String
  let errors: String

  var description: String { "ended with \(code); output: \(output); errors: \(errors)" }
}

/// A `tacho` process; killed when it takes longer than two minutes.
final class RunningCommand {
  private static let limitSeconds = 120.0
  private let process = Process()
  private let ended = DispatchSemaphore(value: 0)
  private let outputPath: String
  private let errorPath: String

  /// Output goes to files: a full pipe would stall the program.
  init(
    program: String, arguments: [String], directory: String, input: String,
    outputPath: String? = nil
  ) throws {
    let name = "\(directory)/.\(UUID().uuidString)"
    self.outputPath = outputPath ?? name + ".out"
    errorPath = name + ".err"
    try Data(input.utf8).write(to: URL(fileURLWithPath: name + ".in"))
    for path in [self.outputPath, errorPath] where !path.hasPrefix("/dev/") {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    let ours = ProcessInfo.processInfo.environment
    process.environment = [
      "PATH": ours["PATH"] ?? "/usr/bin:/bin", "HOME": directory,
      "TACHO_CACHE": directory + "/cache", "SWIFT_BACKTRACE": "enable=no",
      "LD_LIBRARY_PATH": ours["LD_LIBRARY_PATH"] ?? "",
    ]
    process.standardInput = FileHandle(forReadingAtPath: name + ".in")
    process.standardOutput = FileHandle(forWritingAtPath: self.outputPath)
    process.standardError = FileHandle(forWritingAtPath: errorPath)
    let ended = self.ended
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
  }

  func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

  var isRunning: Bool { process.isRunning }

  /// Waits for the end.
  func result() throws -> CommandResult {
    if ended.wait(timeout: .now() + Self.limitSeconds) == .timedOut {
      send(SIGKILL)
      ended.wait()
    }
    let code = process.terminationStatus
    return CommandResult(
      code: process.terminationReason == .uncaughtSignal ? -code : code,
      output: outputPath.hasPrefix("/dev/")
        ? "" : try String(contentsOfFile: outputPath, encoding: .utf8),
      errors: try String(contentsOfFile: errorPath, encoding: .utf8))
  }
}
