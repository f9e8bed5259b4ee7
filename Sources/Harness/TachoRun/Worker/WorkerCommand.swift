// SPDX-License-Identifier: Apache-2.0

/// How a worker process is started.
package struct WorkerCommand: Sendable, Hashable {
  /// The program, searched in PATH when it has no slash, and its arguments.
  package var arguments: [String]
  /// Laid over the harness's own environment.
  package var environment: [String: String]
  /// Where it runs; nil for the harness's own directory.
  package var directory: String?

  package init(
    _ arguments: [String], environment: [String: String] = [:], directory: String? = nil
  ) {
    self.arguments = arguments
    self.environment = environment
    self.directory = directory
  }
}
