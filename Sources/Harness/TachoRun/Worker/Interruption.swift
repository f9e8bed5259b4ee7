// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Glibc

/// Whether somebody asked the sweep to stop: once to stop soon, twice to stop now.
package protocol Interruption: AnyObject {
  /// How often it was asked.
  var requests: Int { get }
  /// Polls readable after a request until `acknowledge`; nil when nothing can wake a wait.
  var wakeDescriptor: Int32? { get }
  func acknowledge()
}

/// SIGINT and SIGTERM as requests to stop, for the life of one sweep; one at a time per process.
package final class SignalInterruption: Interruption {
  private let readEnd: Int32
  private let writeEnd: Int32

  package init() throws(WorkerFailure) {
    let pipe = try Pipe()
    Pipe.makeNonBlocking(pipe.readEnd)
    Pipe.makeNonBlocking(pipe.writeEnd)
    readEnd = pipe.readEnd
    writeEnd = pipe.writeEnd
    tacho_interrupt_install(writeEnd)
  }

  deinit {
    tacho_interrupt_restore()
    close(readEnd)
    close(writeEnd)
  }

  package var requests: Int { Int(tacho_interrupt_count()) }
  package var wakeDescriptor: Int32? { readEnd }

  /// Whether the one that lives now was asked to stop; for other threads.
  package static var isRequested: Bool { tacho_interrupt_count() > 0 }

  package func acknowledge() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(readEnd, &bytes, bytes.count) > 0 {}
  }
}

/// Never asks: for callers that handle signals themselves.
package final class NoInterruption: Interruption {
  package init() {}
  package var requests: Int { 0 }
  package var wakeDescriptor: Int32? { nil }
  package func acknowledge() {}
}
