// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Glibc

/// A pipe's two ends, closed on exec and when this goes.
final class PipeEnds {
  let readEnd: Int32
  private(set) var writeEnd: Int32

  init() throws(BuildError) {
    var ends: [Int32] = [-1, -1]
    guard tacho_pipe(&ends) == 0 else { throw .system("cannot make a pipe", errno) }
    (readEnd, writeEnd) = (ends[0], ends[1])
  }

  deinit {
    close(readEnd)
    closeWriteEnd()
  }

  func closeWriteEnd() {
    if writeEnd >= 0 { close(writeEnd) }
    writeEnd = -1
  }
}
