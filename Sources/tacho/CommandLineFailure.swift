// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// Ends the program with Tacho's exit codes: 0 pass, 1 regression or failed claim, 2 usage or build
/// error, 3 inconclusive, 4 invalid.
enum CommandLineFailure {
  static let usage = ExitCode(2)

  /// Parses and runs a command; any error becomes a message on standard error and exit code 2.
  static func run(_ parse: () throws -> any ParsableCommand) {
    do {
      var command = try parse()
      try command.run()
      try StandardStreams.flush()
    } catch let code as ExitCode {
      exit(code.rawValue)
    } catch let error as ValidationError {
      // Found while running, not while parsing: the message says it all, usage would bury it.
      StandardStreams.note("Error: \(error.message)\n")
      exit(usage.rawValue)
    } catch {
      // ArgumentParser knows help, version and its own errors, and how to word them.
      let parserCode = Tacho.exitCode(for: error)
      let message = Tacho.fullMessage(for: error)
      if parserCode == .success {
        print(message)
        exit(0)
      }
      StandardStreams.note(message.hasSuffix("\n") ? message : message + "\n")
      exit(usage.rawValue)
    }
  }
}
