// SPDX-License-Identifier: Apache-2.0
import CPFM
import CTachoPerf
import Glibc
import TachoCatalog

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
    let status = pfm_initialize()
    guard status == Int32(PFM_SUCCESS) else {
      return .unavailable("libpfm4: \(String(cString: pfm_strerror(status)))")
    }
    defer { pfm_terminate() }
    var names: [String] = []
    for number in 0..<PFM_PMU_MAX.rawValue {
      var info = pfm_pmu_info_t()
      info.size = MemoryLayout<pfm_pmu_info_t>.size
      guard pfm_get_pmu_info(pfm_pmu_t(number), &info) == Int32(PFM_SUCCESS),
        tacho_pmu_is_present(&info) != 0, let name = info.name
      else { continue }
      names.append(String(cString: name))
    }
    return .array(names.sorted().map { .string($0) })
  }
}
