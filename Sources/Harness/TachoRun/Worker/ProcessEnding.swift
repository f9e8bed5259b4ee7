// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoRecord

/// How a worker process ended, in words.
struct ProcessEnding {
  enum Cause: Hashable {
    case exited(code: Int32)
    case signalled(Int32)
    /// SIGKILL did not end it in time (stuck in the kernel).
    case unkillable
  }

  let cause: Cause
  /// The memory that the watchdog killed it for.
  var overCap: (bytes: Int, cap: Int)?
  /// Out-of-memory kills by the kernel while it ran, on the whole machine.
  var kernelOutOfMemoryKills = 0
  /// The last figure the watchdog saw, and its cap.
  var lastMemory: (bytes: Int, cap: Int)?

  /// Decodes waitpid's status word.
  init(waitStatus: Int32) {
    let signal = waitStatus & 0x7f
    cause = signal == 0 ? .exited(code: (waitStatus >> 8) & 0xff) : .signalled(signal)
  }

  init(_ cause: Cause) {
    self.cause = cause
  }

  /// The row's status and reason; `doing` says when: "before replying to 'sample'".
  func failure(doing: String) -> WorkerFailure {
    if let (bytes, cap) = overCap {
      return WorkerFailure(
        .outOfMemory,
        "its memory reached \(mebibytes(bytes)), over the cap of \(mebibytes(cap)); killed \(doing)"
      )
    }
    switch cause {
    case .signalled(SIGKILL) where kernelOutOfMemoryKills > 0:
      return WorkerFailure(
        .outOfMemory, "killed by the kernel's out-of-memory killer \(doing)\(memoryHint)")
    case .signalled(SIGKILL):
      return WorkerFailure(
        .crashed,
        "killed by SIGKILL \(doing), not by Tacho: by a person, a job scheduler or a memory limit"
          + memoryHint)
    case .signalled(let number):
      return WorkerFailure(.crashed, "killed by \(Self.name(of: number)) \(doing)\(memoryHint)")
    case .exited(let code):
      return WorkerFailure(.crashed, "exited with code \(code) \(doing)\(memoryHint)")
    case .unkillable:
      return WorkerFailure(.crashed, "could not be killed \(doing)")
    }
  }

  /// A worker near its cap most likely hit the hard limit behind it.
  private var memoryHint: String {
    guard let (bytes, cap) = lastMemory, bytes > cap / 2 else { return "" }
    return " (its memory was last seen at \(mebibytes(bytes)) of a cap of \(mebibytes(cap)))"
  }

  private func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }

  private static func name(of signal: Int32) -> String {
    switch signal {
    case SIGSEGV: return "SIGSEGV (invalid memory access)"
    case SIGILL: return "SIGILL (illegal instruction: a trap, or code for another processor)"
    case SIGABRT: return "SIGABRT (abort)"
    case SIGBUS: return "SIGBUS (a mapped file shrank or could not be read)"
    case SIGFPE: return "SIGFPE (arithmetic error)"
    case SIGTRAP: return "SIGTRAP (trap)"
    case SIGTERM: return "SIGTERM"
    case SIGINT: return "SIGINT"
    case SIGPIPE: return "SIGPIPE"
    case SIGXCPU: return "SIGXCPU (processor time limit)"
    case SIGSYS: return "SIGSYS (forbidden system call)"
    default: return "signal \(signal)"
    }
  }
}
