// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A folder that goes when this goes.
final class TemporaryFolder {
  let path: String

  /// Makes it under a directory, which is made when missing.
  init(in directory: String) throws(BuildError) {
    // Not the process id: containers that share a cache have equal ones.
    path = "\(directory)/\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw BuildError(.failed, "cannot make the folder \(path): \(error.localizedDescription)")
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
