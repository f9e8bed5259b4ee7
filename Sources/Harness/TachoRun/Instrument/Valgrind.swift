// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// Valgrind's callgrind on this machine: whether it is there, and how it is called.
enum Valgrind {
  /// Fixed caches, so that counts do not depend on the machine: first level 32 KiB of instructions in 8
  /// ways and 48 KiB of data in 12, last level 32 MiB in 16, lines of 64 bytes.
  ///
  /// Without `--skip-plt=no` valgrind 3.19 counts some jumps through the linkage table now once, now twice.
  static let options = [
    "--tool=callgrind", "--instr-atstart=no", "--cache-sim=yes", "--branch-sim=yes",
    "--I1=32768,8,64", "--D1=49152,12,64", "--LL=33554432,16,64", "--skip-plt=no", "--dump-line=no",
    "--compress-pos=no",
  ]

  /// The program's path and version, `3.19.0`.
  static func find() throws(WorkerFailure) -> (path: String, version: String) {
    let missing = WorkerFailure(
      .failed, "valgrind is not installed here: sudo apt-get install valgrind")
    guard let path = program("valgrind") else { throw missing }
    guard let text = CommandOutput.of([path, "--version"]), text.hasPrefix("valgrind-") else {
      throw WorkerFailure(.failed, "\(path) does not say its version as valgrind does")
    }
    return (path, String(text.dropFirst("valgrind-".count)))
  }

  /// Where a program is, by PATH.
  static func program(_ name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
