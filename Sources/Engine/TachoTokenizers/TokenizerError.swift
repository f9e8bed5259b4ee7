// SPDX-License-Identifier: Apache-2.0

/// Why a tokenizer cannot be built: what is wrong, in which part of the file, and what would work.
package struct TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Which kind of trouble, for callers that treat some of them specially.
  package enum Code: String, Sendable {
    /// A required key, file or token is absent.
    case missing
    /// The contents contradict the format.
    case malformed
    /// Well formed, but a component that this build does not implement.
    case unsupported
  }

  package let code: Code
  package let message: String
  /// The file it was read from; empty for a definition built in memory.
  package var path: String

  package init(_ code: Code, _ message: String, path: String = "") {
    self.code = code
    self.message = message
    self.path = path
  }

  package var description: String { path.isEmpty ? message : "\(path): \(message)" }

  /// The same error with the file's name, for readers that learn it later.
  func at(_ path: String) -> TokenizerError {
    self.path.isEmpty ? TokenizerError(code, message, path: path) : self
  }
}
