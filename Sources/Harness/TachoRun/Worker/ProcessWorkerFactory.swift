// SPDX-License-Identifier: Apache-2.0
package import TachoPlan
import TachoRecord

/// Starts a child process per run, with the run's memory cap.
package struct ProcessWorkerFactory: WorkerFactory {
  private let command: (PlannedPoint) -> WorkerCommand
  private let interruption: any Interruption

  /// The command may depend on the point, so that a suite can mix engines.
  package init(
    interruption: any Interruption = NoInterruption(),
    command: @escaping (PlannedPoint) -> WorkerCommand
  ) {
    self.command = command
    self.interruption = interruption
  }

  package func start(_ planned: PlannedPoint) throws(WorkerFailure) -> any Worker {
    try WorkerProcess(
      command(planned), limits: WorkerLimits(memoryCapBytes: planned.policy.memoryCapBytes),
      interruption: interruption)
  }
}
