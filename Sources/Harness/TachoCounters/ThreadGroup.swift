// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Glibc

/// One group of events on one thread: the descriptors behind its leader, and how to read them.
///
/// Not safe to use from two threads at once.
package final class ThreadGroup {
  package let thread: Int32
  package let events: [EncodedEvent]
  /// In which modes each event counts; the kernel's may have been forbidden.
  package let scopes: [EventScope]

  private let interface: any PerfEventInterface
  private let descriptors: [Int32]
  private let ids: [UInt64]
  private let pages: [UnsafeRawPointer]
  private let words: UnsafeMutableBufferPointer<UInt64>

  /// Opens the events on a thread, as a group that is disabled.
  ///
  /// Where the kernel may not be observed an event counts in user mode alone, unless it is one that the
  /// kernel causes. Throws the failure of the first event that cannot be opened; nothing stays open.
  package init(
    _ events: [EncodedEvent], thread: Int32, interface: any PerfEventInterface,
    userPages: Bool = false
  ) throws(PerfError) {
    var opened: [Int32] = []
    var scopes: [EventScope] = []
    var ids: [UInt64] = []
    do throws(PerfError) {
      for event in events {
        let (descriptor, scope) = try Self.open(
          event, thread: thread, leader: opened.first, interface)
        opened.append(descriptor)
        scopes.append(scope)
        ids.append(try interface.id(of: descriptor))
      }
    } catch {
      for descriptor in opened.reversed() { interface.close(descriptor) }
      throw error
    }
    self.thread = thread
    self.events = events
    self.scopes = scopes
    self.interface = interface
    self.ids = ids
    descriptors = opened
    words = .allocate(capacity: 3 + 2 * events.count)
    let mapped = userPages ? opened.compactMap { interface.userPage(of: $0) } : []
    // One that must go through the kernel takes the others along.
    if mapped.count == opened.count {
      pages = mapped
    } else {
      for page in mapped { interface.release(userPage: page) }
      pages = []
    }
  }

  deinit {
    for page in pages { interface.release(userPage: page) }
    // Members before the leader, so that none becomes a leader in between.
    for descriptor in descriptors.reversed() { interface.close(descriptor) }
    words.deallocate()
  }

  private static func open(
    _ event: EncodedEvent, thread: Int32, leader: Int32?, _ interface: any PerfEventInterface
  ) throws(PerfError) -> (Int32, EventScope) {
    var scope = EventScope(excludeUser: event.excludeUser, excludeKernel: event.excludeKernel)
    do throws(PerfError) {
      return (
        try interface.open(event, scope: scope, thread: thread, leader: leader), scope
      )
    } catch {
      let pointless = scope.excludeKernel || scope.excludeUser || event.isKernelsOwn
      guard error.isPermission, !pointless else { throw error }
      scope.excludeKernel = true
      return (
        try interface.open(event, scope: scope, thread: thread, leader: leader), scope
      )
    }
  }

  /// Whether `readQuickly` does without the kernel.
  package var readsInUserMode: Bool { !pages.isEmpty }

  /// Numbers that `read` and `readQuickly` write.
  package var width: Int { 2 + events.count }

  package func enable() throws(PerfError) { try interface.enable(group: descriptors[0]) }

  package func disable() throws(PerfError) { try interface.disable(group: descriptors[0]) }

  /// Enabled ns, running ns and each event's raw count since it was opened, in the events' order.
  package func read(into out: UnsafeMutablePointer<UInt64>) throws(PerfError) {
    let count = try interface.read(group: descriptors[0], into: words)
    // The kernel reads as empty a group that it has dropped.
    guard count >= 3 + 2 * events.count, words[0] == events.count else {
      throw PerfError(ENODATA, in: "reading a group")
    }
    out[0] = words[1]
    out[1] = words[2]
    for index in events.indices {
      var place = index
      if words[4 + 2 * place] != ids[index] {
        guard let found = events.indices.first(where: { words[4 + 2 * $0] == ids[index] }) else {
          throw PerfError(ENODATA, in: "reading a group")
        }
        place = found
      }
      out[2 + index] = words[3 + 2 * place]
    }
  }

  /// The same, on the counted thread itself only: from the processor's registers where it may.
  package func readQuickly(into out: UnsafeMutablePointer<UInt64>) throws(PerfError) {
    guard !pages.isEmpty else { return try read(into: out) }
    var value = tacho_counter_value()
    for (index, page) in pages.enumerated() {
      guard tacho_counter_page_read(page, nil, &value) == 0 else {
        throw PerfError(EAGAIN, in: "reading a counter's page")
      }
      if index == 0 {
        out[0] = value.enabled_ns
        out[1] = value.running_ns
      }
      out[2 + index] = value.raw
    }
  }
}
