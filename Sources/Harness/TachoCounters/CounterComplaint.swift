// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Why the kernel does not count, in words that say what to do.
enum CounterComplaint {
  /// `hasCounters` says whether the processor counts anything at all; `thread` is nil when all are meant.
  static func text(
    _ error: PerfError, event: EncodedEvent?, hasCounters: Bool, thread: Int32? = nil
  ) -> String {
    let answer = "\(error.call): \(String(cString: strerror(error.code)))"
    let place = thread.map { "thread \($0): " } ?? ""
    let hardware = event.map { !$0.isSoftware } ?? true
    switch error.code {
    case _ where error.isMissing && hardware && !hasCounters:
      return place + "this machine has no hardware counters (\(answer))"
    case _ where error.isMissing:
      return place + "this machine cannot count it (\(answer))"
    case _ where error.isPermission:
      let level = SystemSetting.paranoia.map { " is \($0)" } ?? ""
      let kernel =
        event?.isKernelsOwn == true || event?.excludeUser == true
        ? "; it happens in the kernel" : ""
      return place
        + "kernel.perf_event_paranoid\(level)\(kernel): run 'sysctl kernel.perf_event_paranoid=1' or "
        + "grant CAP_PERFMON (\(answer))"
    case EMFILE, ENFILE:
      return place + "no file descriptors are left: raise 'ulimit -n' or ask for fewer events"
        + " (\(answer))"
    case ESRCH: return (thread.map { "thread \($0)" } ?? "the thread") + " has ended (\(answer))"
    case EINVAL, ENOSPC:
      return place
        + "the kernel refuses it for a thread, as it does what counts a whole processor or "
        + "package (\(answer))"
    case EBUSY: return place + "another program holds the counter (\(answer))"
    case ENODATA: return place + "the kernel dropped its group (\(answer))"
    default: return place + answer
    }
  }
}
