// SPDX-License-Identifier: Apache-2.0

/// Why a model file could not be read or written: what, where, and what to do about it.
package struct ModelFileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The kind of failure, for callers that treat some of them specially.
  package enum Code: String, Sendable {
    case notFound, permission, io
    /// The file ends before what it announces.
    case truncated
    /// The bytes break the format's rules.
    case malformed
    /// Well formed, but outside what this reader handles.
    case unsupported
    /// A key or tensor the caller needs is absent.
    case missing
    /// A key exists with another type than the caller needs.
    case wrongType
    /// The caller asked for something impossible.
    case invalidArgument
  }

  package let code: Code
  package let message: String
  package let path: String
  /// Byte offset in the file where the trouble starts, where there is one.
  package let offset: Int?

  package init(_ code: Code, _ message: String, path: String, offset: Int? = nil) {
    self.code = code
    self.message = message
    self.path = path
    self.offset = offset
  }

  package var description: String {
    let place = offset.map { " (at byte \($0))" } ?? ""
    return path.isEmpty ? message + place : "\(path): \(message)\(place)"
  }
}
