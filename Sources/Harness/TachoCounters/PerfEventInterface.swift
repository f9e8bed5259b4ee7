// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What the kernel offers for counting: perf_event_open(2) and the calls on its descriptors.
///
/// Everything above it is tested against a simulated one.
package protocol PerfEventInterface: AnyObject, Sendable {
  /// Opens an event on a thread, disabled when it leads a group (`leader` nil), else as a member.
  func open(
    _ event: EncodedEvent, scope: EventScope, thread: Int32, leader: Int32?
  ) throws(PerfError) -> Int32
  /// What marks the event's value in a group's reading.
  func id(of descriptor: Int32) throws(PerfError) -> UInt64
  func enable(group leader: Int32) throws(PerfError)
  func disable(group leader: Int32) throws(PerfError)
  /// Reads a group in the kernel's layout: count of events, enabled ns, running ns, then value and id of
  /// each. Returns the words written.
  func read(
    group leader: Int32, into words: UnsafeMutableBufferPointer<UInt64>
  ) throws(PerfError) -> Int
  /// The page for reading an event in user mode, when the kernel and the processor allow that.
  func userPage(of descriptor: Int32) -> UnsafeRawPointer?
  func release(userPage: UnsafeRawPointer)
  func close(_ descriptor: Int32)
}

/// In which modes of the processor events count.
package struct EventScope: Sendable, Hashable {
  package var excludeUser: Bool
  package var excludeKernel: Bool

  package init(excludeUser: Bool, excludeKernel: Bool) {
    self.excludeUser = excludeUser
    self.excludeKernel = excludeKernel
  }
}

/// A call to the kernel that failed.
package struct PerfError: Error, Sendable, Hashable {
  package let code: Int32
  package let call: String

  package init(_ code: Int32, in call: String) {
    self.code = code
    self.call = call
  }

  /// The kernel forbids what was asked, not what it is asked for.
  package var isPermission: Bool { code == EACCES || code == EPERM }

  /// There is no such counter, or nothing that counts at all.
  package var isMissing: Bool {
    [ENOENT, ENODEV, EOPNOTSUPP, ENOSYS, ENXIO].contains(code)
  }
}
