// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
import TachoRecord

/// A copy of a program without debug information and with its symbols (`strip -g`), kept in a cache.
///
/// Valgrind 3.19 cannot read the debug information of newer compilers and gives up on the whole file.
struct StrippedProgram {
  /// Copies that nobody used for so long are removed when another is made.
  private static let keptSeconds = 14.0 * 86400

  /// The program, and what identifies its content: hex digits.
  let program: String
  let digest: String
  let directory: String

  /// The copy's path; as long for every program, because a program's own name is part of what it finds in
  /// its memory.
  var path: String { "\(directory)/\(name)" }

  var name: String { "tacho-\(digest)" }

  /// The copy, made when it is not there.
  ///
  /// Several that make it at a time all succeed.
  func make() throws(WorkerFailure) -> String {
    guard !digest.isEmpty, digest.allSatisfy(\.isHexDigit) else {
      throw WorkerFailure(
        .failed, "the content of \(program) could not be identified (is sha256sum installed?)")
    }
    if access(path, X_OK) == 0 {
      utimes(path, nil)
      return path
    }
    guard let strip = Valgrind.program("strip") else {
      throw WorkerFailure(
        .failed, "strip is not installed, valgrind needs it here: sudo apt-get install binutils")
    }
    do {
      try FileManager.default.createDirectory(
        atPath: directory, withIntermediateDirectories: true)
    } catch {
      throw WorkerFailure(
        .failed, "cannot make the folder \(directory): \(error.localizedDescription)")
    }
    removeUnused()
    let own = "\(path).\(UUID().uuidString)"
    guard CommandOutput.of([strip, "-g", "-o", own, "--", program]) != nil else {
      unlink(own)
      throw WorkerFailure(.failed, "'strip -g' could not copy \(program) to \(directory)")
    }
    guard rename(own, path) == 0 else {
      let reason = String(cString: strerror(errno))
      unlink(own)
      throw WorkerFailure(.failed, "cannot move \(own) to \(path): \(reason)")
    }
    return path
  }

  private func removeUnused() {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    for name in names where name.hasPrefix("tacho-") {
      let file = "\(directory)/\(name)"
      var information = stat()
      guard stat(file, &information) == 0 else { continue }
      let age = Date().timeIntervalSince1970 - Double(information.st_mtim.tv_sec)
      if age > Self.keptSeconds { unlink(file) }
    }
  }
}
