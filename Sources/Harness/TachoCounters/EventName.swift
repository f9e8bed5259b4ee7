// SPDX-License-Identifier: Apache-2.0
import CPFM
import Glibc
import TachoCatalog

/// Names of events, as libpfm4 knows them: `instructions`, `perf::LLC-LOAD-MISSES`,
/// `skx::L2_RQSTS:DEMAND_DATA_RD_MISS`, `cycles:u`.
package enum EventName {
  /// What a name means here.
  package enum Meaning: Sendable, Hashable {
    case event(EncodedEvent)
    /// A name of other processors' counters; the reason says whose.
    case absent(reason: String)
  }

  /// Encodes a name for this machine, or says that only other machines have it.
  ///
  /// Throws for a name that no processor libpfm4 knows has.
  package static func meaning(of name: String) throws -> Meaning {
    try EventLibrary.ready()
    var encoding = tacho_event_encoding()
    let status = tacho_encode_event(name, &encoding)
    if status == Int32(PFM_SUCCESS) {
      // libpfm4 is told to encode for absent processors too: their codes mean something else here.
      guard let pmu = EventLibrary.pmu(encoding.pmu), !pmu.isPresent else {
        return .event(EncodedEvent(name: name, encoding))
      }
      return .absent(reason: "\(pmu.name) (\(pmu.summary)) is not this machine's; \(present())")
    }
    if !name.contains("::") {
      let others = EventLibrary.pmus.filter { !$0.isPresent && knows($0.name, name) }.map(\.name)
      if !others.isEmpty {
        let some = others.prefix(4).joined(separator: ", ") + (others.count > 4 ? ", ..." : "")
        return .absent(reason: "only other processors have it (\(some)); \(present())")
      }
    }
    throw EventNameError(name: name, detail: detail(name, status), present: present())
  }

  /// The encoding of a name, whether or not this machine has its processor.
  package static func encoding(of name: String) throws -> EncodedEvent {
    try EventLibrary.ready()
    var encoding = tacho_event_encoding()
    let status = tacho_encode_event(name, &encoding)
    guard status == Int32(PFM_SUCCESS) else {
      throw EventNameError(name: name, detail: detail(name, status), present: present())
    }
    return EncodedEvent(name: name, encoding)
  }

  private static func knows(_ pmu: String, _ name: String) -> Bool {
    var encoding = tacho_event_encoding()
    return tacho_encode_event("\(pmu)::\(name)", &encoding) == Int32(PFM_SUCCESS)
  }

  private static func present() -> String {
    "present are " + EventLibrary.pmus.filter(\.isPresent).map(\.name).joined(separator: ", ")
  }

  /// libpfm4's complaint and the nearest name, of the processor that the name says or of those present.
  private static func detail(_ name: String, _ status: Int32) -> String {
    let complaint = String(cString: pfm_strerror(status))
    let parts = name.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    let prefixed = parts.count > 2 && parts[1].isEmpty
    let pmus = EventLibrary.pmus.filter { prefixed ? $0.name == parts[0] : $0.isPresent }
    if prefixed, pmus.isEmpty {
      let hint = Spelling.suggestion(for: parts[0], among: EventLibrary.pmus.map(\.name))
      return "no processor is called '\(parts[0])'" + (hint.map { "; did you mean '\($0)'?" } ?? "")
    }
    let word = prefixed ? parts[2] : parts[0]
    let known = pmus.flatMap { EventLibrary.events(of: $0) }
    if let event = known.first(where: { $0.name.lowercased() == word.lowercased() }) {
      let masks = event.masks.map(\.name)
      return complaint
        + (masks.isEmpty ? "" : "; \(event.name) has \(masks.joined(separator: ", "))")
    }
    let hint = Spelling.suggestion(for: word, among: known.map(\.name))
    return complaint
      + (hint.map { "; did you mean '\(prefixed ? parts[0] + "::" : "")\($0)'?" } ?? "")
  }
}

extension EncodedEvent {
  fileprivate init(name: String, _ encoding: tacho_event_encoding) {
    self.init(name: name, type: encoding.type, config: encoding.config)
    config1 = encoding.config1
    config2 = encoding.config2
    precise = encoding.precise
    excludeUser = encoding.exclude_user != 0
    excludeKernel = encoding.exclude_kernel != 0
    excludeHypervisor = encoding.exclude_hypervisor != 0
    excludeGuest = encoding.exclude_guest != 0
  }
}

/// A name that is no event's.
package struct EventNameError: Error, CustomStringConvertible {
  package let name: String
  package let detail: String
  package let present: String

  package var description: String {
    "cannot count '\(name)': \(detail). 'tacho list events' prints what can be named; \(present)"
  }
}
