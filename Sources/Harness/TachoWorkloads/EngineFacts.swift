// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels

extension ThreadPool {
  /// Where the workers run and why; the knob's own value where nothing was to be chosen.
  var placementFacts: [String: ConfigurationValue] {
    guard let placement else { return ["engine.placement": "none"] }
    var facts: [String: ConfigurationValue] = [
      "engine.placement": "auto", "engine.placement_reason": .string(placement.reason),
    ]
    if let failure = placementFailure {
      facts["engine.placement_mask"] = .string("unavailable: \(failure)")
    } else if placement.processors.isEmpty {
      facts["engine.placement_mask"] = .string("unavailable: \(placement.reason)")
    } else {
      facts["engine.placement_mask"] = .string(ProcessorList.text(placement.processors))
    }
    return facts
  }
}

extension HugePages {
  /// What the process got of huge pages.
  static var facts: [String: ConfigurationValue] {
    [
      "memory.huge_page_bytes": bytesInUse().map { .int($0) }
        ?? .string("unavailable: no AnonHugePages in /proc/self/smaps_rollup")
    ]
  }
}
