// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Glibc
import TachoRecord

/// The two ends of a pipe, closed on exec; the owner closes each end once.
struct Pipe {
  let readEnd: Int32
  let writeEnd: Int32

  init() throws(WorkerFailure) {
    var ends: [Int32] = [-1, -1]
    guard tacho_pipe(&ends) == 0 else {
      throw WorkerFailure(.failed, "cannot make a pipe: \(String(cString: strerror(errno)))")
    }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  func closeBoth() {
    close(readEnd)
    close(writeEnd)
  }

  static func makeNonBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }
}
