// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Foundation

/// A thread that spins when told to, for others to count.
final class SpinningThread: @unchecked Sendable {
  /// The kernel's id of it.
  private(set) var id: Int32 = 0
  private let told = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)
  private let left = DispatchSemaphore(value: 0)
  private var nanoseconds: Int?

  init() {
    let thread = Thread { [self] in
      id = KernelPerfEventsTests.gettid()
      done.signal()
      while true {
        told.wait()
        guard let nanoseconds else { break }
        let start = KernelPerfEventsTests.processorNs()
        while KernelPerfEventsTests.processorNs() - start < nanoseconds {}
        done.signal()
      }
      left.signal()
    }
    thread.start()
    done.wait()
  }

  /// Returns when it has spun for so long on its own processor clock.
  func spin(nanoseconds: Int) {
    self.nanoseconds = nanoseconds
    told.signal()
    done.wait()
  }

  /// Returns when the kernel no longer knows the thread.
  func end() {
    nanoseconds = nil
    told.signal()
    left.wait()
    for _ in 0..<2000 where access("/proc/self/task/\(id)", F_OK) == 0 { usleep(500) }
  }
}
