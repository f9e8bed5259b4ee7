// SPDX-License-Identifier: Apache-2.0
import CTachoPerf
import Glibc
import TachoCatalog
import TachoCounters

/// Whether hardware counters can be had: what libpfm4 recognises, and what the kernel really gives.
enum CounterFacts {
  static func facts() -> [String: ConfigurationValue] {
    let error = tacho_probe_cycles()
    let cycles: ConfigurationValue =
      error == 0
      ? .string("available")
      : .unavailable("perf_event_open of cycles: \(String(cString: strerror(error)))")
    return ["counters.cycles": cycles, "counters.pmus": recognisedPMUs()]
  }

  /// libpfm4's names, which prefix its event names.
  private static func recognisedPMUs() -> ConfigurationValue {
    do { try EventLibrary.ready() } catch { return .unavailable("\(error)") }
    return .array(EventLibrary.pmus.filter(\.isPresent).map(\.name).sorted().map { .string($0) })
  }
}
