// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoCatalog

/// Processes that keep processors busy while samples are taken, to show that the sentinel sees them.
///
/// They are no children of the worker, whose own work they would be taken for: the shell that starts them
/// leaves at once. They stay in the worker's process group, so that whoever ends the worker ends them too,
/// and use no more than ten minutes of a processor whatever happens.
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
    for _ in 0..<count {
      let started = try ChildProgram([
        "/bin/sh", "-c",
        "(ulimit -t 600; while :; do :; done) </dev/null >/dev/null 2>&1 & echo $!",
      ])
      guard let process = pid_t(started.output.filter { !$0.isWhitespace }) else {
        throw WorkloadError(
          .failed, "a busy process did not start: the shell said '\(started.output)'")
      }
      processes.append(process)
    }
  }

  deinit { for process in processes { kill(process, SIGKILL) } }
}
