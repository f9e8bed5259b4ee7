// SPDX-License-Identifier: Apache-2.0
import CPFM
import Glibc

/// libpfm4's tables of processors and their events.
package enum EventLibrary {
  /// A performance monitoring unit: a processor's, a part's of it, or the kernel's generic one.
  package struct PMU: Sendable, Hashable {
    /// What prefixes its events' names: `perf`, `skx`.
    package let name: String
    package let summary: String
    package let isPresent: Bool
    fileprivate let firstEvent: Int32
  }

  /// An event with the masks that may follow its name after a colon.
  package struct Event: Sendable, Hashable {
    package struct Mask: Sendable, Hashable {
      package let name: String
      package let summary: String
    }

    package let name: String
    package let summary: String
    /// The event it is another name of.
    package let alias: String?
    package let masks: [Mask]
  }

  /// libpfm4's status after it was started once for the life of the process.
  private static let status: Int32 = {
    // Names of other machines' events are to be told from mistakes.
    setenv("LIBPFM_ENCODE_INACTIVE", "1", 0)
    return pfm_initialize()
  }()

  /// Starts libpfm4 on first use.
  package static func ready() throws {
    guard status == Int32(PFM_SUCCESS) else {
      throw EventNameError(
        name: "any event", detail: "libpfm4: \(String(cString: pfm_strerror(status)))",
        present: "nothing")
    }
  }

  /// Every unit libpfm4 knows on this architecture; empty when it does not start.
  package static let pmus: [PMU] = {
    guard status == Int32(PFM_SUCCESS) else { return [] }
    return (0..<PFM_PMU_MAX.rawValue).compactMap { pmu(pfm_pmu_t($0)) }
  }()

  static func pmu(_ number: pfm_pmu_t) -> PMU? {
    var info = pfm_pmu_info_t()
    info.size = MemoryLayout<pfm_pmu_info_t>.size
    guard pfm_get_pmu_info(number, &info) == Int32(PFM_SUCCESS), let name = info.name else {
      return nil
    }
    return PMU(
      name: String(cString: name), summary: info.desc.map { String(cString: $0) } ?? "",
      isPresent: tacho_pmu_is_present(&info) != 0, firstEvent: info.first_event)
  }

  /// A unit's events in the library's order.
  package static func events(of pmu: PMU) -> [Event] {
    var events: [Event] = []
    var index = pmu.firstEvent
    while index >= 0 {
      var info = pfm_event_info_t()
      info.size = MemoryLayout<pfm_event_info_t>.size
      if pfm_get_event_info(index, PFM_OS_PERF_EVENT, &info) == Int32(PFM_SUCCESS),
        let name = info.name
      {
        events.append(
          Event(
            name: String(cString: name), summary: info.desc.map { String(cString: $0) } ?? "",
            alias: info.equiv.map { String(cString: $0) },
            masks: (0..<max(0, info.nattrs)).compactMap { mask(of: index, $0) }))
      }
      index = pfm_get_event_next(index)
    }
    return events
  }

  /// An attribute that selects part of an event; modifiers such as `u` are none.
  private static func mask(of event: Int32, _ attribute: Int32) -> Event.Mask? {
    var info = pfm_event_attr_info_t()
    info.size = MemoryLayout<pfm_event_attr_info_t>.size
    guard
      pfm_get_event_attr_info(event, attribute, PFM_OS_PERF_EVENT, &info) == Int32(PFM_SUCCESS),
      info.type == PFM_ATTR_UMASK, let name = info.name
    else { return nil }
    return Event.Mask(
      name: String(cString: name), summary: info.desc.map { String(cString: $0) } ?? "")
  }
}
