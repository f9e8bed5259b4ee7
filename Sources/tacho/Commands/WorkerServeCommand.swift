// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoCatalog
import TachoWorkloads

/// An engine as a worker: what `tacho run` starts for every point.
struct WorkerServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Serve the worker protocol: JSON lines on standard input and output.",
    discussion: "Described in Sources/Harness/TachoRun/WorkerProtocol.md.")

  @Argument(
    help: "The engine: \(WorkerProgram.allCases.map(\.rawValue).joined(separator: ", ")).")
  var program = WorkerProgram.native

  func run() throws {
    WorkerServer(version: TachoVersion.string, program: program).run()
  }
}

extension WorkerProgram: ExpressibleByArgument {}
