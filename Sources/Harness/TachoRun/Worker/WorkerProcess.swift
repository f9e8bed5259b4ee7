// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Foundation
import Glibc
package import TachoRecord

/// A worker that is a child process speaking JSON lines on its standard streams.
///
/// `WorkerProtocol.md` describes the conversation. While the worker measures, the harness sleeps in
/// `poll`; a failure of any kind leaves the process killed and reaped.
package final class WorkerProcess: Worker {
  let limits: WorkerLimits
  let interruption: any Interruption
  let attendant: WorkerAttendant
  let input: Int32
  let output: Int32
  let death: Int32
  private var inputOpen = true
  private var replies = ReplyBuffer()
  private var noise = 0
  private var ended = false

  package init(
    _ command: WorkerCommand, limits: WorkerLimits = WorkerLimits(),
    interruption: any Interruption = NoInterruption()
  ) throws(WorkerFailure) {
    self.limits = limits
    self.interruption = interruption
    let requests = try Pipe()
    let replies: Pipe
    let death: Pipe
    do throws(WorkerFailure) {
      replies = try Pipe()
    } catch {
      requests.closeBoth()
      throw error
    }
    do throws(WorkerFailure) {
      death = try Pipe()
    } catch {
      requests.closeBoth()
      replies.closeBoth()
      throw error
    }
    do throws(WorkerFailure) {
      attendant = try WorkerAttendant.start(
        command, input: requests.readEnd, output: replies.writeEnd, deathWriter: death.writeEnd,
        limits: limits)
    } catch {
      requests.closeBoth()
      replies.closeBoth()
      death.closeBoth()
      throw error
    }
    close(requests.readEnd)
    close(replies.writeEnd)
    input = requests.writeEnd
    output = replies.readEnd
    self.death = death.readEnd
    Pipe.makeNonBlocking(input)
    Pipe.makeNonBlocking(output)
  }

  deinit {
    end(graceSeconds: 0)
    if inputOpen { close(input) }
    close(output)
    close(death)
  }

  package var processID: Int32? { attendant.processID }
  package var outputTail: String { attendant.outputTail }

  package func end(graceSeconds: Double) {
    guard !ended else { return }
    ended = true
    // The protocol's last word: a worker that reads the end of its input leaves.
    closeInput()
    if graceSeconds > 0, attendant.waitForEnd(seconds: graceSeconds) != nil { return }
    attendant.kill()
    _ = attendant.waitForEnd(seconds: 10)
  }

  package func ask(
    _ request: WorkerRequest, timeoutSeconds: Double, graceSeconds: Double
  ) throws(WorkerFailure) -> WorkerReply {
    let name = request.name
    guard !ended else { throw WorkerFailure(.crashed, "it had ended before '\(name)'") }
    try refuseUnaskedReplies(before: name)
    var exchange = Exchange(
      outgoing: try encoded(request), name: name,
      deadline: MonotonicClock.seconds() + max(timeoutSeconds, 0),
      timeoutSeconds: timeoutSeconds, graceSeconds: graceSeconds)
    while true {
      try checkInterrupts(&exchange)
      let gone = try wait(&exchange)
      try send(&exchange)
      let open = receive()
      if let line = try nextReply(during: name) { return try decoded(line, name) }
      if gone || !open { throw lost(during: name, closed: !gone) }
    }
  }
}

extension WorkerProcess {
  /// One request on its way to its reply.
  private struct Exchange {
    var outgoing: ArraySlice<UInt8>
    let name: String
    var deadline: Double
    let timeoutSeconds: Double
    let graceSeconds: Double
    var interrupted = false
  }

  private func closeInput() {
    guard inputOpen else { return }
    inputOpen = false
    close(input)
  }

  private func encoded(_ request: WorkerRequest) throws(WorkerFailure) -> ArraySlice<UInt8> {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return ArraySlice(try encoder.encode(request) + [10])
    } catch {
      throw WorkerFailure(.failed, "cannot write the request '\(request.name)': \(error)")
    }
  }

  private func decoded(_ line: [UInt8], _ name: String) throws(WorkerFailure) -> WorkerReply {
    do {
      return try JSONDecoder().decode(WorkerReply.self, from: Data(line))
    } catch {
      throw die(
        .failed,
        "its reply to '\(name)' is not one of the worker protocol: \(ReplyComplaint.words(error)): "
          + ReplyComplaint.excerpt(line))
    }
  }

  private func checkInterrupts(_ exchange: inout Exchange) throws(WorkerFailure) {
    guard interruption.requests > 0 else { return }
    // In this order: a second request in between must wake the next wait.
    interruption.acknowledge()
    let requests = interruption.requests
    let now = MonotonicClock.seconds()
    if !exchange.interrupted {
      exchange.interrupted = true
      exchange.deadline = min(exchange.deadline, now + exchange.graceSeconds)
    }
    if requests > 1 || now >= exchange.deadline {
      throw die(.interrupted, "interrupted during '\(exchange.name)'")
    }
  }

  /// Sleeps until something happens; true when the worker has died.
  private func wait(_ exchange: inout Exchange) throws(WorkerFailure) -> Bool {
    let left = exchange.deadline - MonotonicClock.seconds()
    if left <= 0 {
      if exchange.interrupted {
        throw die(.interrupted, "interrupted during '\(exchange.name)'")
      }
      throw die(
        .timedOut,
        "no reply to '\(exchange.name)' within \(exchange.timeoutSeconds) s; killed")
    }
    var descriptors = [
      pollfd(fd: output, events: Int16(POLLIN), revents: 0),
      pollfd(fd: death, events: Int16(POLLIN), revents: 0),
      pollfd(fd: exchange.outgoing.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
      pollfd(fd: interruption.wakeDescriptor ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    let milliseconds = Int32(min((left * 1000).rounded(.up), 3_600_000))
    _ = poll(&descriptors, nfds_t(descriptors.count), milliseconds)
    return descriptors[1].revents != 0
  }

  private func send(_ exchange: inout Exchange) throws(WorkerFailure) {
    guard inputOpen, !exchange.outgoing.isEmpty else { return }
    let count = exchange.outgoing.withUnsafeBytes { bytes in
      tacho_write(input, bytes.baseAddress, bytes.count)
    }
    if count > 0 {
      exchange.outgoing = exchange.outgoing.dropFirst(count)
    } else if errno == EPIPE {
      // Dead, or deaf: if it is dying, how it died says more.
      closeInput()
      guard attendant.waitForEnd(seconds: 1) != nil else {
        throw die(.failed, "it closed its standard input before '\(exchange.name)'")
      }
      exchange.outgoing = []
    }
  }

  /// Reads what has come; false at the end of the stream.
  private func receive() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while replies.pending <= limits.lineBytes {
      let count = read(output, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count < 0 { return errno == EAGAIN }
      if count == 0 { return false }
      chunk.withUnsafeBytes { replies.append(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      if count < chunk.count { return true }
    }
    return true
  }

  /// The next line that is meant as a reply; other lines join the output tail.
  private func nextReply(during name: String) throws(WorkerFailure) -> [UInt8]? {
    while let line = replies.nextLine() {
      let first = line.first { $0 != 32 && $0 != 9 && $0 != 13 }
      if first == UInt8(ascii: "{") { return line }
      (line + [10]).withUnsafeBytes { attendant.note($0) }
      noise += line.count + 1
      if noise > limits.noiseBytes {
        throw die(
          .failed,
          "more than \(limits.noiseBytes) bytes on its standard output are not replies (during "
            + "'\(name)'): log to standard error")
      }
    }
    if replies.pending > limits.lineBytes {
      throw die(
        .failed, "its reply to '\(name)' is longer than \(limits.lineBytes) bytes")
    }
    return nil
  }

  /// A reply nobody asked for would be taken for the next one's: every later figure would be wrong.
  private func refuseUnaskedReplies(before name: String) throws(WorkerFailure) {
    _ = receive()
    if let line = try nextReply(during: name) {
      throw die(
        .failed,
        "it sent a reply before the request '\(name)': \(ReplyComplaint.excerpt(line))")
    }
  }

  private func die(_ status: RunStatus, _ reason: String) -> WorkerFailure {
    end(graceSeconds: 0)
    return WorkerFailure(status, reason)
  }

  /// What became of a worker that will not reply any more.
  private func lost(during name: String, closed: Bool) -> WorkerFailure {
    let partial = replies.pending > 0 ? ", in the middle of a line" : ""
    if attendant.waitForEnd(seconds: closed ? 1 : 10) == nil {
      end(graceSeconds: 0)
      return WorkerFailure(
        .failed, "it closed its standard output before replying to '\(name)'\(partial)")
    }
    ended = true
    let ending = attendant.waitForEnd(seconds: 0) ?? ProcessEnding(.unkillable)
    let failure = ending.failure(doing: "before replying to '\(name)'\(partial)")
    guard let line = attendant.lastLine else { return failure }
    // An allocation that the kernel refused (the cap's hard limit, too) ends most programs by a signal.
    let refused = ["out of memory", "cannot allocate memory", "bad_alloc"]
    let starved =
      failure.status == .crashed && refused.contains(where: line.lowercased().contains)
    return WorkerFailure(
      starved ? .outOfMemory : failure.status, "\(failure.reason); its last words: \(line)")
  }
}
