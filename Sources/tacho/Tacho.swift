// SPDX-License-Identifier: Apache-2.0
import ArgumentParser

/// The command line: each subcommand is one file.
@main
struct Tacho: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tacho",
    abstract: "A tachometer for LLM inference: measures, stores and reports.",
    subcommands: [])
}
