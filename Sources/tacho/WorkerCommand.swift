// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoCatalog
import TachoWorkloads

/// The native engine as a worker: what `tacho run` starts for every point.
struct WorkerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Serve the worker protocol: JSON lines on standard input and output.",
    discussion: "Described in Sources/Harness/TachoRun/WorkerProtocol.md.")

  func run() throws {
    WorkerServer(version: TachoVersion.string).run()
  }
}
