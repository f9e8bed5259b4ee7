// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Glibc
import TachoCatalog

/// Processes that keep processors busy while samples are taken, to show that the sentinel sees them.
///
/// They stay in the worker's process group, so that whoever ends the worker ends them too.
final class Hogs {
  static let knobs = [
    Knob(
      "inject.hogs", .int(0...256), default: 0, unit: "processes",
      "Processes that do nothing but keep a processor busy beside the measurement, to show that "
        + "it is seen.")
  ]

  private var processes: [pid_t] = []

  /// Starts as many as the configuration asks for.
  init(_ configuration: Configuration) throws {
    let count = configuration["inject.hogs"]?.intValue ?? 0
    guard count > 0 else { return }
    let program = ["/bin/sh", "-c", "while :; do :; done"]
    let words = program.map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard nothing >= 0 else {
      throw WorkloadError(.failed, "cannot open /dev/null: \(String(cString: strerror(errno)))")
    }
    defer { close(nothing) }
    for _ in 0..<count {
      let started = tacho_spawn(words, nil, nil, nothing, nothing, STDERR_FILENO, 0, 0)
      guard started.stage == TACHO_SPAWN_OK else {
        throw WorkloadError(
          .failed, "cannot start a busy process: \(String(cString: strerror(started.error)))")
      }
      processes.append(started.pid)
    }
  }

  deinit {
    for process in processes { kill(process, SIGKILL) }
    for process in processes {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }
  }
}
