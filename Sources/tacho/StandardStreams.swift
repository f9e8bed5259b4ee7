// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation

/// What a command says: results on standard output, remarks on standard error.
enum StandardStreams {
  /// Bytes of a result, at once.
  ///
  /// - Throws: where they cannot be written, for example on a full disk.
  static func write(_ text: String) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    } catch {
      throw failure
    }
  }

  /// A remark; where it cannot be written nobody wants it.
  static func note(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Writes out what `print` has buffered.
  static func flush() throws {
    guard fflush(nil) == 0 else { throw failure }
  }

  private static var failure: ValidationError {
    ValidationError("cannot write to standard output: \(String(cString: strerror(errno)))")
  }
}
