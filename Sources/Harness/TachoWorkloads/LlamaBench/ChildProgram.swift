// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Foundation
import Glibc
import TachoKernels

/// A program run to its end with its standard output kept.
///
/// It stays in the worker's process group and dies with the worker, so that whoever ends the worker
/// ends it too; its standard error is the worker's.
struct ChildProgram {
  /// More than any result: a program that prints this much is not what it is taken for.
  static let outputLimit = 16 << 20

  let output: String
  /// Nanoseconds of the monotonic clock from its start to its end.
  let elapsedNs: Int
  let endNs: Int

  /// Throws when it cannot be started or does not end with code 0.
  init(_ arguments: [String]) throws {
    let name = arguments.first ?? ""
    let words = arguments.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    var ends: (Int32, Int32) = (-1, -1)
    let made = withUnsafeMutablePointer(to: &ends) {
      $0.withMemoryRebound(to: Int32.self, capacity: 2) { tacho_pipe($0) }
    }
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard made == 0, nothing >= 0 else {
      for end in [ends.0, ends.1, nothing] where end >= 0 { close(end) }
      throw WorkloadError(.failed, "cannot start \(name): \(String(cString: strerror(errno)))")
    }
    let start = MonotonicClock.now()
    let started = tacho_spawn(words, nil, nil, nothing, ends.1, STDERR_FILENO, 0, 0)
    close(ends.1)
    close(nothing)
    defer { close(ends.0) }
    guard started.stage == TACHO_SPAWN_OK else {
      throw WorkloadError(
        .unsupported,
        "cannot start \(name): \(String(cString: strerror(started.error))). Is it a program for "
          + "this machine that may be executed?")
    }
    let bytes = Self.read(ends.0)
    if bytes == nil { kill(started.pid, SIGKILL) }
    var status: Int32 = 0
    while waitpid(started.pid, &status, 0) < 0 && errno == EINTR {}
    endNs = MonotonicClock.now()
    elapsedNs = endNs - start
    guard let bytes else {
      throw WorkloadError(.failed, "\(name) printed more than \(Self.outputLimit) bytes")
    }
    guard status == 0 else { throw WorkloadError(.failed, Self.ending(status, name)) }
    output = String(decoding: bytes, as: UTF8.self)
  }

  /// All of it, or nil when it is too much.
  private static func read(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= outputLimit {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return bytes }
      bytes += chunk[..<count]
    }
    return nil
  }

  private static func ending(_ status: Int32, _ name: String) -> String {
    let signal = status & 0x7f
    let why =
      signal == 0
      ? "exited with code \((status >> 8) & 0xff)"
      : "was ended by signal \(signal), \(String(cString: strsignal(signal)))"
    return "\(name) \(why); its standard error is stored with the run"
  }
}
