// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Foundation
import Glibc
import TachoRecord

/// Turns a command into C strings and starts it.
enum Spawn {
  /// The process id, or what went wrong in words; the process ends with the calling thread.
  static func start(
    _ command: WorkerCommand, input: Int32, output: Int32, errors: Int32, dataLimit: UInt64
  ) -> Result<Int32, WorkerFailure> {
    guard let program = command.arguments.first, !program.isEmpty else {
      return .failure(WorkerFailure(.failed, "the worker's command is empty"))
    }
    var environment = command.inheritsEnvironment ? ProcessInfo.processInfo.environment : [:]
    environment.merge(command.environment) { $1 }
    let variables = environment.map { "\($0.key)=\($0.value)" }.sorted()
    let argumentPointers = command.arguments.map { strdup($0) } + [nil]
    let variablePointers = variables.map { strdup($0) } + [nil]
    defer { (argumentPointers + variablePointers).forEach { free($0) } }
    let result = tacho_spawn(
      argumentPointers, variablePointers, command.directory, input, output, errors, dataLimit, 1)
    let why = String(cString: strerror(result.error))
    switch result.stage {
    case TACHO_SPAWN_OK: return .success(result.pid)
    case TACHO_SPAWN_CHDIR:
      return .failure(
        WorkerFailure(.failed, "cannot enter the folder '\(command.directory ?? "")': \(why)"))
    case TACHO_SPAWN_EXEC:
      return .failure(
        WorkerFailure(
          .failed,
          "cannot start the worker '\(program)': \(why). Check that it exists and is executable"))
    default: return .failure(WorkerFailure(.failed, "cannot make a process: \(why)"))
    }
  }
}
