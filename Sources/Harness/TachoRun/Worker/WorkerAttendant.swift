// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Foundation
import Glibc
import TachoRecord

/// The thread that a worker process lives on: starts it, drains its stderr, watches its memory, and
/// reaps it.
///
/// One thread does all because the worker is tied to the life of the thread that started it (so that
/// a killed harness leaves no worker behind). It sleeps in `poll` while there is nothing to do.
final class WorkerAttendant: @unchecked Sendable {
  /// How often the memory of a capped worker is read, in milliseconds.
  static let watchMilliseconds: Int32 = 20

  let processID: Int32
  private let errorReader: Int32
  /// Closed at the worker's death, which wakes who polls the other end.
  private let deathWriter: Int32
  private let cap: Int?
  private let killsBefore: Int

  private let changed = NSCondition()
  private var tail = OutputTail()
  private var lastMemory: Int?
  private var overCap: Int?
  private var ending: ProcessEnding?

  private init(
    processID: Int32, errorReader: Int32, deathWriter: Int32, cap: Int?, killsBefore: Int
  ) {
    self.processID = processID
    self.errorReader = errorReader
    self.deathWriter = deathWriter
    self.cap = cap
    self.killsBefore = killsBefore
  }

  /// Starts the command on a thread of its own; takes over `deathWriter` when it succeeds.
  static func start(
    _ command: WorkerCommand, input: Int32, output: Int32, deathWriter: Int32,
    limits: WorkerLimits
  ) throws(WorkerFailure) -> WorkerAttendant {
    let errors = try Pipe()
    Pipe.makeNonBlocking(errors.readEnd)
    let outcome = Handover()
    let thread = Thread {
      tacho_name_thread("worker-attend")
      let killsBefore = KernelKills.count()
      let spawned = Spawn.start(
        command, input: input, output: output, errors: errors.writeEnd,
        dataLimit: limits.hardDataLimit)
      switch spawned {
      case .failure(let failure): outcome.put(.failure(failure))
      case .success(let processID):
        let attendant = WorkerAttendant(
          processID: processID, errorReader: errors.readEnd, deathWriter: deathWriter,
          cap: limits.memoryCapBytes, killsBefore: killsBefore)
        outcome.put(.success(attendant))
        attendant.attend()
      }
    }
    thread.stackSize = 512 << 10
    thread.start()
    let result = outcome.take()
    close(errors.writeEnd)
    if case .failure = result { close(errors.readEnd) }
    return try result.get()
  }

  var outputTail: String { locked { tail.text } }
  var lastLine: String? { locked { tail.lastLine } }

  /// Keeps a line that the worker printed elsewhere than on stderr.
  func note(_ bytes: UnsafeRawBufferPointer) {
    locked { tail.append(bytes) }
  }

  /// Kills the worker and its group; does nothing once it is reaped.
  func kill() {
    locked {
      if ending == nil { _ = Glibc.kill(-processID, SIGKILL) }
    }
  }

  /// Waits until the worker is reaped; nil when it is still there after `seconds`.
  func waitForEnd(seconds: Double) -> ProcessEnding? {
    changed.lock()
    defer { changed.unlock() }
    let limit = Date(timeIntervalSinceNow: min(max(seconds, 0), 1e6))
    while ending == nil {
      if !changed.wait(until: limit) { break }
    }
    return ending
  }

  private func locked<Value>(_ body: () -> Value) -> Value {
    changed.lock()
    defer { changed.unlock() }
    return body()
  }

  private func attend() {
    let pidDescriptor = tacho_pidfd(processID)
    var memory = ProcessMemory(processID: processID)
    defer { memory.end() }
    let wait: Int32 = cap == nil && pidDescriptor >= 0 ? -1 : Self.watchMilliseconds
    var nextLook = 0.0
    var descriptors = [
      pollfd(fd: errorReader, events: Int16(POLLIN), revents: 0),
      pollfd(fd: pidDescriptor, events: Int16(POLLIN), revents: 0),
    ]
    while true {
      _ = poll(&descriptors, 2, wait)
      // A closed stderr polls ready for ever.
      if descriptors[0].revents != 0, !drainErrors() { descriptors[0].fd = -1 }
      if pidDescriptor >= 0 ? descriptors[1].revents != 0 : isDead() { break }
      if let cap, MonotonicClock.seconds() >= nextLook {
        look(at: &memory, cap: cap)
        nextLook = MonotonicClock.seconds() + Double(Self.watchMilliseconds) / 1000 * 0.9
      }
    }
    if pidDescriptor >= 0 { close(pidDescriptor) }
    reap()
  }

  /// Reads what there is, at most a MiB; false at the end of the stream.
  private func drainErrors() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    for _ in 0..<16 {
      let count = read(errorReader, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return errno == EAGAIN }
      if count == 0 { return false }
      chunk.withUnsafeBytes { bytes in
        note(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      }
    }
    return true
  }

  private func look(at memory: inout ProcessMemory, cap: Int) {
    guard let bytes = memory.anonymousBytes() else { return }
    locked {
      lastMemory = bytes
      guard bytes > cap, overCap == nil else { return }
      overCap = bytes
      _ = Glibc.kill(-processID, SIGKILL)
    }
  }

  private func isDead() -> Bool {
    var info = siginfo_t()
    return waitid(P_PID, id_t(processID), &info, WEXITED | WNOWAIT | WNOHANG) != 0
      || info.si_signo != 0
  }

  private func reap() {
    tacho_await_death(processID)
    // Its children go first, while the zombie still holds the group's number.
    _ = Glibc.kill(-processID, SIGKILL)
    _ = drainErrors()
    let kills = KernelKills.count() - killsBefore
    changed.lock()
    var status: Int32 = 0
    while waitpid(processID, &status, 0) < 0 && errno == EINTR {}
    var ended = ProcessEnding(waitStatus: status)
    ended.kernelOutOfMemoryKills = kills
    if let cap {
      ended.overCap = overCap.map { ($0, cap) }
      ended.lastMemory = lastMemory.map { ($0, cap) }
    }
    ending = ended
    changed.broadcast()
    changed.unlock()
    close(errorReader)
    close(deathWriter)
  }
}

extension WorkerAttendant {
  /// Hands the outcome of the start from the attendant's thread to the caller's.
  private final class Handover: @unchecked Sendable {
    private let ready = DispatchSemaphore(value: 0)
    private var result: Result<WorkerAttendant, WorkerFailure>?

    func put(_ value: Result<WorkerAttendant, WorkerFailure>) {
      result = value
      ready.signal()
    }

    func take() -> Result<WorkerAttendant, WorkerFailure> {
      ready.wait()
      return result ?? .failure(WorkerFailure(.failed, "the worker's thread did not start"))
    }
  }
}
