// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A step that took unusually long, and what was different about it.
package struct SlowStep: Sendable {
  package let step: Int
  package let rows: Int
  package let ns: Int
  /// Of the sample's steps of as many rows: their median and median absolute deviation.
  package let medianNs: Double
  package let madNs: Double
  /// In words, the most weighty first; empty when nothing recorded tells it apart.
  package let differences: [String]

  /// Slow: beyond three median absolute deviations above the median, and 5%.
  package static let deviations = 3.0
  package static let excess = 0.05

  /// The slow steps of a sample, the slowest first.
  package static func all(of trace: SampleTrace) -> [SlowStep] {
    let intervals = StepInterval.all(of: trace)
    var result: [SlowStep] = []
    for group in Dictionary(grouping: intervals, by: \.mark.rows).values where group.count >= 8 {
      let times = group.map { Double($0.ns) }
      guard let summary = Summary(of: times) else { continue }
      let limit = max(
        summary.median + deviations * summary.mad, summary.median * (1 + excess))
      let usual = UsualStep(group.filter { Double($0.ns) <= limit })
      for (index, step) in group.enumerated() where Double(step.ns) > limit {
        let before = index > 0 ? group[index - 1].mark : nil
        result.append(
          SlowStep(
            step: step.mark.step, rows: step.mark.rows, ns: step.ns, medianNs: summary.median,
            madNs: summary.mad,
            differences: usual.differences(of: step, before: before, over: summary.median)))
      }
    }
    return result.sorted { $0.ns > $1.ns }
  }
}

/// What steps that are not slow look like.
private struct UsualStep {
  private let gapNs: Double
  private let workNs: [String: Double]
  private let waitNs: [String: Double]
  private let spanNs: [String: Double]

  init(_ steps: [StepInterval]) {
    gapNs = Summary.median(of: steps.filter { !$0.launches.isEmpty }.map { Double($0.gapNs) }) ?? 0
    let recorded = steps.filter { !$0.launches.isEmpty }
    workNs = Self.medians(recorded.map(Self.work))
    waitNs = Self.medians(recorded.map(Self.waits))
    spanNs = Self.medians(steps.map(Self.spans))
  }

  func differences(of step: StepInterval, before: StepRecord?, over median: Double) -> [String] {
    var found: [(weight: Double, words: String)] = []
    func compare(_ name: String, _ now: Double, _ usual: Double) {
      let excess = now - usual
      // Less than a tenth of what the step is late says nothing.
      guard excess > 0.1 * (Double(step.ns) - median) else { return }
      found.append(
        (excess, "\(name) \(Self.time(now)) instead of \(Self.time(usual))"))
    }
    if !step.launches.isEmpty {
      for (op, ns) in Self.work(step) { compare(op, ns, workNs[op] ?? 0) }
      for (op, ns) in Self.waits(step) {
        compare("waiting for the last worker of \(op)", ns, waitNs[op] ?? 0)
      }
      compare("host between kernels", Double(step.gapNs), gapNs)
    }
    for (name, ns) in Self.spans(step) { compare(name, ns, spanNs[name] ?? 0) }
    var words = found.sorted { $0.weight > $1.weight }.prefix(3).map(\.words)
    let mark = step.mark
    for (count, what) in [
      (mark.involuntarySwitches, "involuntary switch"), (mark.majorFaults, "major fault"),
      (mark.minorFaults, "minor fault"),
    ] where count > 0 {
      words.append("\(count) \(what)\(count == 1 ? "" : what.hasSuffix("h") ? "es" : "s")")
    }
    if let before, before.processor >= 0, before.processor != mark.processor {
      words.append("host thread moved from processor \(before.processor) to \(mark.processor)")
    }
    return words
  }

  private static func work(_ step: StepInterval) -> [String: Double] {
    step.launches.reduce(into: [:]) {
      $0[$1.op, default: 0] += Double($1.firstEndNs - $1.firstStartNs)
    }
  }

  private static func waits(_ step: StepInterval) -> [String: Double] {
    step.launches.reduce(into: [:]) { $0[$1.op, default: 0] += Double($1.endNs - $1.firstEndNs) }
  }

  private static func spans(_ step: StepInterval) -> [String: Double] {
    step.spans.reduce(into: [:]) { $0[$1.name, default: 0] += Double($1.endNs - $1.startNs) }
  }

  private static func medians(_ steps: [[String: Double]]) -> [String: Double] {
    let names = Set(steps.flatMap(\.keys))
    return names.reduce(into: [:]) { result, name in
      result[name] = Summary.median(of: steps.map { $0[name] ?? 0 })
    }
  }

  private static func time(_ ns: Double) -> String {
    let rounded = (ns / 1e3 * 10).rounded() / 10
    return rounded >= 1000 ? "\((rounded / 10).rounded() / 100) ms" : "\(rounded) us"
  }
}
