// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoRecord

/// What the operating system charged to this process between two moments.
struct ResourceMeter {
  private let start: rusage

  init() { start = Self.now() }

  func usage() -> ResourceUsage {
    let end = Self.now()
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
    return ResourceUsage(
      userSeconds: seconds(end.ru_utime) - seconds(start.ru_utime),
      systemSeconds: seconds(end.ru_stime) - seconds(start.ru_stime),
      minorFaults: end.ru_minflt - start.ru_minflt, majorFaults: end.ru_majflt - start.ru_majflt,
      voluntarySwitches: end.ru_nvcsw - start.ru_nvcsw,
      involuntarySwitches: end.ru_nivcsw - start.ru_nivcsw,
      peakResidentBytes: end.ru_maxrss * 1024)
  }

  private static func now() -> rusage {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage
  }
}
