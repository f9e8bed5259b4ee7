// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Glibc

/// The running kernel's perf events.
package final class KernelPerfEvents: PerfEventInterface {
  package init() {}

  package func open(
    _ event: EncodedEvent, scope: EventScope, thread: Int32, leader: Int32?
  ) throws(PerfError) -> Int32 {
    var attributes = tacho_counter_event()
    attributes.type = event.type
    attributes.config = event.config
    attributes.config1 = event.config1
    attributes.config2 = event.config2
    attributes.precise = event.precise
    attributes.exclude_user = scope.excludeUser ? 1 : 0
    attributes.exclude_kernel = scope.excludeKernel ? 1 : 0
    attributes.exclude_hypervisor = event.excludeHypervisor ? 1 : 0
    attributes.exclude_guest = event.excludeGuest ? 1 : 0
    // A member counts when its leader does.
    attributes.disabled = leader == nil ? 1 : 0
    return try check(
      tacho_counter_open(&attributes, thread, -1, leader ?? -1), "perf_event_open")
  }

  package func id(of descriptor: Int32) throws(PerfError) -> UInt64 {
    var id: UInt64 = 0
    _ = try check(tacho_counter_id(descriptor, &id), "asking for an event's id")
    return id
  }

  package func enable(group leader: Int32) throws(PerfError) {
    _ = try check(tacho_counter_control(leader, TACHO_COUNTER_ENABLE), "enabling a group")
  }

  package func disable(group leader: Int32) throws(PerfError) {
    _ = try check(tacho_counter_control(leader, TACHO_COUNTER_DISABLE), "disabling a group")
  }

  package func read(
    group leader: Int32, into words: UnsafeMutableBufferPointer<UInt64>
  ) throws(PerfError) -> Int {
    let count = tacho_counter_read(leader, words.baseAddress, words.count)
    guard count >= 0 else { throw PerfError(Int32(-count), in: "reading a group") }
    return count
  }

  package func userPage(of descriptor: Int32) -> UnsafeRawPointer? {
    guard let page = tacho_counter_map(descriptor) else { return nil }
    guard tacho_counter_page_readable(page) != 0 else {
      tacho_counter_unmap(page)
      return nil
    }
    return UnsafeRawPointer(page)
  }

  package func release(userPage: UnsafeRawPointer) {
    tacho_counter_unmap(UnsafeMutableRawPointer(mutating: userPage))
  }

  package func close(_ descriptor: Int32) { Glibc.close(descriptor) }

  private func check(_ result: Int32, _ call: String) throws(PerfError) -> Int32 {
    guard result >= 0 else { throw PerfError(-result, in: call) }
    return result
  }
}
