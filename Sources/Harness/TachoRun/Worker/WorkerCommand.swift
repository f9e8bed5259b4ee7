// SPDX-License-Identifier: Apache-2.0

/// How a worker process is started.
package struct WorkerCommand: Sendable, Hashable {
  /// The program, searched in PATH when it has no slash, and its arguments.
  package var arguments: [String]
  /// Laid over the harness's own environment, or all there is.
  package var environment: [String: String]
  package var inheritsEnvironment: Bool
  /// Where it runs; nil for the harness's own directory.
  package var directory: String?

  package init(
    _ arguments: [String], environment: [String: String] = [:],
    inheritsEnvironment: Bool = true, directory: String? = nil
  ) {
    self.arguments = arguments
    self.environment = environment
    self.inheritsEnvironment = inheritsEnvironment
    self.directory = directory
  }
}
