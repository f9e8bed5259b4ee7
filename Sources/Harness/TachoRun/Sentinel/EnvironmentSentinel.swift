// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Says whether a sample may be contaminated by what else happened on the machine.
///
/// A flagged sample is kept and marked; the policy says whether it is repeated. Thresholds, each of the
/// sample's wall time:
/// - steal above 1% (the kernel counts in ticks of 10 ms, so one tick flags any sample under 1 s: the
///   tick may have begun before it, but a sample that short cannot tell);
/// - other processes above 5% of the processors that the worker leaves free, and of at least one: on a
///   machine that the worker fills they take its time, on a large one they run elsewhere. Ticks blur it
///   by 30 ms, so that nothing below that is told, and nothing in samples of under 30 ms;
/// - the worker's threads waiting for a processor, or pressure on processors (PSI "some"), above 5%; or
///   involuntary switches of the worker above 50 per second and thread, and at least 5: a thread that
///   has a processor to itself has a few per second, one that shares it has about 300. These three do
///   not count where other processes are known to have been quiet: a worker with more threads than
///   there are processors is in its own way, and would be in every repetition. Nor does less than 2 ms
///   of waiting: a neighbour takes slices of about 3 ms, the harness that has just asked for the sample
///   less than one;
/// - pressure on memory above 5%: pages are being taken back;
/// - its control group stopped by its processor quota above 1%; any thermal throttling.
///
/// Migrations, faults and pressure on storage are recorded and flag nothing: the kernel's own doing, or
/// a benchmark's purpose.
package enum EnvironmentSentinel {
  package static let stealLimit = 0.01
  package static let foreignLimit = 0.05
  package static let tickBlur = 0.03
  package static let waitLimit = 0.05
  /// Seconds.
  package static let waitLeast = 0.002
  package static let pressureLimit = 0.05
  package static let switchesPerThreadSecond = 50.0
  package static let switchesMin = 5
  package static let quotaLimit = 0.01

  /// What was seen, in words; nil when nothing was.
  package static func flag(_ seen: SampleEnvironment) -> String? {
    let wall = seen.wallSeconds
    guard wall > 0 else { return nil }
    var words: [String] = []
    func note(_ what: String, _ seconds: Double?, above limit: Double) {
      if let seconds, seconds / wall > limit {
        words.append("\(what) \(percent(seconds / wall)) of the sample's time")
      }
    }
    note("steal", seen.stealSeconds, above: stealLimit)
    if let foreign = seen.foreignSeconds, foreign > max(foreignLimit * free(seen) * wall, tickBlur)
    {
      words.append("other processes used \(percent(foreign / wall)) of a processor")
    }
    if !othersWereQuiet(seen) {
      let least = waitLeast / wall
      note("waiting for a processor", seen.waitSeconds, above: max(waitLimit, least))
      note("cpu pressure", seen.cpuPressureSeconds, above: max(pressureLimit, least))
      if seen.waitSeconds ?? 1 > waitLeast, let switches = seen.involuntarySwitches,
        switches >= switchesMin,
        Double(switches) > switchesPerThreadSecond * wall * Double(max(seen.threads ?? 1, 1))
      {
        words.append("\(switches) involuntary switches")
      }
    }
    note("memory pressure", seen.memoryPressureSeconds, above: pressureLimit)
    note("stopped by the cgroup's quota", seen.quotaThrottledSeconds, above: quotaLimit)
    if let count = seen.thermalThrottles, count > 0 {
      words.append("thermal throttling \(count) time\(count == 1 ? "" : "s")")
    }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  /// Processors that the worker did not keep busy, at least one.
  private static func free(_ seen: SampleEnvironment) -> Double {
    let busy = (seen.workerSeconds ?? 0) / seen.wallSeconds
    return max(Double(seen.processors ?? 1) - busy, 1)
  }

  /// Whether the sample was long enough to tell that others took less than the limit of one processor.
  private static func othersWereQuiet(_ seen: SampleEnvironment) -> Bool {
    guard let foreign = seen.foreignSeconds else { return false }
    return foreign + tickBlur <= foreignLimit * seen.wallSeconds
  }

  private static func percent(_ share: Double) -> String {
    String(format: "%.1f%%", share * 100)
  }
}
