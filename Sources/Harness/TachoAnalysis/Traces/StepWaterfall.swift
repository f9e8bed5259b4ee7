// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// Where the time of one forward step goes, on average over like steps: parts that add up to the whole.
///
/// A step's time runs from the end of the step before (of as many rows) to its own end, so that it is
/// what a reader of the tokens waits; the first of its kind runs from its own start.
package struct StepWaterfall: Sendable {
  package struct Part: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable {
      /// Inside launches of one operation, from the first worker's start to the first one's end.
      case work
      /// From the first worker's end until the caller has left the barrier.
      case wait
      /// From the decision to launch to the first worker's start.
      case queue
      /// The host between launches inside the forward pass.
      case gap
      /// Named work of the host outside it.
      case host
      /// What none of these covers.
      case residual
    }

    package let name: String
    package let kind: Kind
    /// Launches, or spans, in a step.
    package let count: Double
    /// Nanoseconds in a step: mean (these add up), median and 99th percentile over the steps.
    package let mean: Double
    package let median: Double
    package let p99: Double
    /// Of work: nanoseconds in a step that its launches waited for their last worker, on average; these
    /// are in the wait part.
    package var wait = 0.0
  }

  /// Rows of the steps' batches: 1 is decoding one sequence.
  package let rows: Int
  package let steps: Int
  /// Nanoseconds of a step.
  package let mean: Double
  package let median: Double
  package let p99: Double
  /// In the order in which they come in a step; waits, queue, gap, host work and residual at the end.
  package let parts: [Part]

  /// The residual over the mean; beyond ±1% the parts do not explain the step.
  package var residualShare: Double {
    let residual = parts.first { $0.kind == .residual }?.mean ?? 0
    return mean > 0 ? residual / mean : 0
  }

  package static let residualLimit = 0.01

  /// One waterfall for each number of rows that steps have, the most frequent first.
  ///
  /// Traces that are partial or lack launches tell nothing of the whole and are left out.
  package static func all(of traces: [SampleTrace]) -> [StepWaterfall] {
    var groups: [Int: StepGroup] = [:]
    for trace in traces where !trace.isPartial && trace.omittedLaunches == 0 {
      for step in StepInterval.all(of: trace) {
        groups[step.mark.rows, default: StepGroup()].add(step)
      }
    }
    return groups.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
      .map { $1.waterfall(rows: $0) }
  }

  init(rows: Int, steps: Int, times: [Double], parts: [Part]) {
    self.rows = rows
    self.steps = steps
    let sorted = times.sorted()
    mean = times.reduce(0, +) / Double(max(1, times.count))
    median = Percentile.value(50, ofSorted: sorted)
    p99 = Percentile.value(99, ofSorted: sorted)
    self.parts = parts
  }
}

/// One step with everything that was recorded in its time.
package struct StepInterval: Sendable {
  package let mark: StepRecord
  package let startNs: Int
  package var launches: [LaunchRecord]
  package var spans: [SpanRecord]

  package var endNs: Int { mark.endNs }
  package var ns: Int { endNs - startNs }
  /// The host's time inside the forward pass and outside launches.
  package var gapNs: Int {
    mark.endNs - mark.startNs - launches.reduce(0) { $0 + $1.endNs - $1.enqueueNs }
  }

  /// The steps of a sample.
  package static func all(of trace: SampleTrace) -> [StepInterval] {
    var intervals: [StepInterval] = []
    var before: StepRecord?
    for mark in trace.steps {
      let start = before.map { $0.rows == mark.rows ? $0.endNs : mark.startNs } ?? mark.startNs
      intervals.append(StepInterval(mark: mark, startNs: start, launches: [], spans: []))
      before = mark
    }
    let index = Dictionary(trace.steps.enumerated().map { ($1.step, $0) }) { first, _ in first }
    for launch in trace.launches {
      if let step = index[launch.step] { intervals[step].launches.append(launch) }
    }
    for span in trace.spans {
      // Sampling after step 3 belongs to the wait for step 4.
      guard let step = index[span.step], span.startNs >= intervals[step].startNs else { continue }
      intervals[step].spans.append(span)
    }
    return intervals
  }
}

/// Sums over like steps.
private struct StepGroup {
  private struct Key: Hashable {
    let name: String
    let kind: StepWaterfall.Part.Kind
  }

  private(set) var count = 0
  private var times: [Double] = []
  private var order: [Key] = []
  private var values: [Key: [Int: Double]] = [:]
  private var counts: [Key: Int] = [:]
  /// Of each operation, over all steps.
  private var waits: [String: Double] = [:]

  mutating func add(_ step: StepInterval) {
    var inside = 0
    for launch in step.launches {
      put(launch.op, .work, launch.firstEndNs - launch.firstStartNs)
      put("wait for the last worker", .wait, launch.endNs - launch.firstEndNs)
      waits[launch.op, default: 0] += Double(launch.endNs - launch.firstEndNs)
      put("queue", .queue, launch.queueNs)
      inside += launch.endNs - launch.enqueueNs
    }
    put("host between kernels", .gap, step.gapNs)
    for span in step.spans { put(span.name, .host, span.endNs - span.startNs) }
    let named = step.spans.reduce(0) { $0 + $1.endNs - $1.startNs }
    put("not accounted for", .residual, step.ns - inside - step.gapNs - named)
    times.append(Double(step.ns))
    count += 1
  }

  private mutating func put(_ name: String, _ kind: StepWaterfall.Part.Kind, _ ns: Int) {
    let key = Key(name: name, kind: kind)
    if values[key] == nil { order.append(key) }
    values[key, default: [:]][count, default: 0] += Double(ns)
    counts[key, default: 0] += 1
  }

  func waterfall(rows: Int) -> StepWaterfall {
    let kinds: [StepWaterfall.Part.Kind] = [.work, .wait, .queue, .gap, .host, .residual]
    let parts = kinds.flatMap { kind in
      order.filter { $0.kind == kind }.map { key in
        let known = values[key] ?? [:]
        let perStep = (0..<count).map { known[$0] ?? 0 }.sorted()
        return StepWaterfall.Part(
          name: key.name, kind: kind, count: Double(counts[key] ?? 0) / Double(count),
          mean: perStep.reduce(0, +) / Double(count),
          median: Percentile.value(50, ofSorted: perStep),
          p99: Percentile.value(99, ofSorted: perStep),
          wait: kind == .work ? (waits[key.name] ?? 0) / Double(count) : 0)
      }
    }
    return StepWaterfall(rows: rows, steps: count, times: times, parts: parts)
  }
}
