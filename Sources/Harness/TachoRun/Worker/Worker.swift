// SPDX-License-Identifier: Apache-2.0
package import TachoPlan
package import TachoRecord

/// A live worker as the runner sees it; tests script one in memory.
package protocol Worker: AnyObject {
  /// For reading its scheduling figures from /proc; nil when it is not a local process.
  var processID: Int32? { get }
  /// The last of what it printed besides replies.
  var outputTail: String { get }
  /// Sends a request and waits for its reply; a failure leaves the worker dead.
  ///
  /// After an interrupt the reply may still take `graceSeconds`.
  func ask(
    _ request: WorkerRequest, timeoutSeconds: Double, graceSeconds: Double
  ) throws(WorkerFailure) -> WorkerReply
  /// Ends it: by itself within `graceSeconds`, else by force. Safe to call again.
  func end(graceSeconds: Double)
}

/// Starts workers: one per run.
package protocol WorkerFactory {
  func start(_ planned: PlannedPoint) throws(WorkerFailure) -> any Worker
}
