// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoKernels
import TachoModelFiles

/// Synthetic models on disk, made once: `$TACHO_CACHE`, else `$XDG_CACHE_HOME/tacho`, else
/// `~/.cache/tacho`.
package enum SyntheticModelCache {
  /// Raised when the synthesiser writes other bytes for the same shape, format and seed.
  private static let generation = 1

  package static var directory: String {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["TACHO_CACHE"], !path.isEmpty { return path }
    if let path = environment["XDG_CACHE_HOME"], !path.isEmpty { return path + "/tacho" }
    return (environment["HOME"] ?? NSTemporaryDirectory()) + "/.cache/tacho"
  }

  /// Where the model is or will be.
  package static func path(shape: String, format: ElementType, seed: UInt64) -> String {
    // A custom shape is text with commas and colons; a file name takes dashes.
    let name = String(shape.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
    return "\(directory)/\(name)-\(format.name)-s\(seed)-v\(generation).gguf"
  }

  /// The model's path, after making it if it is not there.
  ///
  /// Several that make the same model at the same time all succeed: each writes its own file
  /// and the last rename wins.
  package static func model(
    shape: String, format: ElementType, seed: UInt64, progress: (Double) -> Void = { _ in }
  ) throws -> String {
    let path = path(shape: shape, format: format, seed: seed)
    if FileManager.default.fileExists(atPath: path) { return path }
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw WorkloadError(
        .badConfiguration,
        "cannot make the model cache \(directory): \(error.localizedDescription); "
          + "set TACHO_CACHE to a directory that can be written")
    }
    // Not the process id: containers that share a cache have equal ones.
    let own = path + ".\(UUID().uuidString)"
    try ModelSynthesizer.synthesize(
      shape: try ModelShapes.shape(shape), format: format, seed: seed, to: own,
      progress: progress)
    guard rename(own, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(own)
      throw WorkloadError(.badConfiguration, "cannot move \(own) to \(path): \(reason)")
    }
    return path
  }
}
