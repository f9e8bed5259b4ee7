// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Foundation
import Glibc

/// One run of a tool (git, swift) to its end, with what it printed.
struct ToolRun {
  /// Bytes kept of each stream: any answer of git is shorter, of a compiler the last are kept.
  static let outputLimit = 64 << 20

  /// What to run and how.
  struct Command {
    var arguments: [String]
    var directory: String?
    var environment: [String: String] = [:]
    /// Standard error goes where standard output goes, in its order.
    var mergesErrors = false
    /// Seconds after which it is killed.
    var timeout: Double?
  }

  /// The exit code, or 128 and the signal's number as a shell says it.
  let code: Int32
  let output: String
  let errors: String
  let timedOut: Bool

  var succeeded: Bool { code == 0 }

  /// Both streams' lines that say something.
  var lines: [String] {
    (errors + "\n" + output).split(whereSeparator: \.isNewline).map(String.init)
      .filter { !$0.allSatisfy(\.isWhitespace) }
  }

  /// The last line of standard error, for a reason of one line.
  var reason: String {
    errors.split(whereSeparator: \.isNewline).last.map(String.init)
      ?? lines.last ?? "it ended with code \(code) and said nothing"
  }

  /// Runs it; `watch` is called for each line of standard output and five times a second.
  ///
  /// Throws when it cannot be started, or when `cancelled` says so: it is interrupted as by the
  /// keyboard, after five seconds killed.
  static func run(
    _ command: Command, cancelled: () -> Bool = { false }, watch: (String?) -> Void = { _ in }
  ) throws(BuildError) -> ToolRun {
    let name = command.arguments.first ?? ""
    let output = try PipeEnds()
    let errors = try PipeEnds()
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { if nothing >= 0 { close(nothing) } }
    let started = start(
      command, input: nothing, output: output.writeEnd,
      errors: command.mergesErrors ? output.writeEnd : errors.writeEnd)
    output.closeWriteEnd()
    errors.closeWriteEnd()
    guard started.stage == TACHO_SPAWN_OK else {
      let why = SystemReason.text(started.error)
      throw started.stage == TACHO_SPAWN_CHDIR
        ? BuildError(.failed, "cannot enter the folder \(command.directory ?? ""): \(why)")
        : BuildError(.failed, "cannot start '\(name)': \(why). Is it installed and on the PATH?")
    }
    var reader = ToolOutput(output.readEnd, errors.readEnd)
    let began = MonotonicSeconds.now
    var stop = Stop.none
    while reader.isOpen {
      reader.poll(milliseconds: 200, watch)
      let now = MonotonicSeconds.now
      if case .none = stop {
        if cancelled() {
          stop = .asked(now)
          kill(started.pid, SIGINT)
        } else if let timeout = command.timeout, now - began > timeout {
          stop = .late
          kill(started.pid, SIGKILL)
          // Its children may hold the pipe open for ever.
          break
        }
      } else if case .asked(let since) = stop, now - since > 5 {
        kill(started.pid, SIGKILL)
        break
      }
    }
    var status: Int32 = 0
    while waitpid(started.pid, &status, 0) < 0 && errno == EINTR {}
    if case .asked = stop { throw BuildError(.cancelled, "stopped while running \(name)") }
    let signal = status & 0x7f
    var timedOut = false
    if case .late = stop { timedOut = true }
    return ToolRun(
      code: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: reader.output.text,
      errors: reader.errors.text, timedOut: timedOut)
  }

  private enum Stop {
    case none
    case asked(Double)
    case late
  }

  private static func start(_ command: Command, input: Int32, output: Int32, errors: Int32)
    -> tacho_spawn_result
  {
    // A hook of git sets variables that would send git to another repository or index.
    var environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("GIT_") }
    for (name, value) in ProcessInfo.processInfo.environment
    where name.hasPrefix("GIT_CONFIG") || name.hasPrefix("GIT_SSL") || name.hasPrefix("GIT_SSH") {
      environment[name] = value
    }
    environment["LC_ALL"] = "C"
    environment.merge(command.environment) { $1 }
    let arguments = command.arguments.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (arguments + variables).forEach { free($0) } }
    func attempt() -> tacho_spawn_result {
      tacho_spawn(arguments, variables, command.directory, input, output, errors, 0, 0)
    }
    var result = attempt()
    // A program just written is busy while a child another thread is about to start still has it open.
    var tries = 0
    while result.stage == TACHO_SPAWN_EXEC, result.error == ETXTBSY, tries < 100 {
      usleep(10_000)
      result = attempt()
      tries += 1
    }
    return result
  }
}
