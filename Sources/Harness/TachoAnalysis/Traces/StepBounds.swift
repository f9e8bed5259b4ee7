// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The least time that the launches of a step can take on the machine of a sweep: the work that the
/// worker declared for them (`OperationWork`) under the limits that the sweep or its machine's
/// calibration measured.
package struct StepBounds: Sendable {
  private let limits: LimitSources

  package init(_ sweep: ResultSet.Sweep) {
    limits = LimitSources(sweep)
  }

  /// What would be gained in the steps of a waterfall, which is of these samples of one point.
  package func whatIf(
    _ waterfall: StepWaterfall, of samples: [(run: RunRecord, sample: SampleRecord)]
  ) -> WhatIf {
    WhatIf(waterfall, least: least(waterfall, of: samples))
  }

  /// Nanoseconds in a step of each operation that the waterfall has.
  private func least(
    _ waterfall: StepWaterfall, of samples: [(run: RunRecord, sample: SampleRecord)]
  ) -> [String: Reading] {
    guard let run = samples.first?.run else { return [:] }
    let works = OperationWork.byName(run.facts)
    let context = StepContext(rows: waterfall.rows, samples)
    return waterfall.parts.filter { $0.kind == .work }.reduce(into: [:]) { result, part in
      guard let work = works[part.name] else {
        result[part.name] = .unavailable(
          works.isEmpty
            ? "the worker declared no work of single kernels"
            : "no work is declared, since caches hold the activations read and written")
        return
      }
      result[part.name] = least(work, part, rows: waterfall.rows, context, run)
    }
  }

  private func least(
    _ work: OperationWork, _ part: StepWaterfall.Part, rows: Int, _ context: StepContext?,
    _ run: RunRecord
  ) -> Reading {
    // Steps without logits have no launch of that name: the mean step has a part of one.
    let share = part.count / Double(work.launches)
    var bytes = work.weightBytes
    var flops = work.flopsPerRow * Double(work.rows == .all ? rows : 1)
    if work.kvBytesPerToken > 0 || work.flopsPerRowAndToken > 0 {
      guard let context else {
        return .unavailable("what it reads depends on contexts that are not on record")
      }
      bytes += work.kvBytesPerToken * context.tokens
      flops += work.flopsPerRowAndToken * context.seen
    }
    let peak = flops > 0 ? limits.reading(.peak(arithmetic: work.arithmetic), for: run) : .value(1)
    let bandwidth = bytes > 0 ? limits.reading(.readBandwidth, for: run) : .value(1)
    if case .unavailable = bandwidth { return bandwidth }
    if case .unavailable = peak { return peak }
    let roofline = Roofline(
      flops: flops * share, bytes: bytes * share, flopsPerSecond: peak.number,
      bytesPerSecond: bandwidth.number)
    return roofline.leastSeconds.map { .value($0 * 1e9) }
      ?? .unavailable("it declares neither traffic nor arithmetic")
  }
}

/// How long the context is in steps of so many rows, on average: samples of one sequence, whose every
/// step adds its rows to the context.
private struct StepContext {
  /// Tokens whose keys and values a step reads, its own included.
  let tokens: Double
  /// The same, summed over its rows: each row sees what came before it and itself.
  let seen: Double

  /// Nil where batches hold several sequences, or where there is no such step.
  init?(rows: Int, _ samples: [(run: RunRecord, sample: SampleRecord)]) {
    var (steps, tokens, seen) = (0.0, 0.0, 0.0)
    for (run, sample) in samples {
      guard run.point.kind == "generate", let trace = sample.observation.trace, !trace.isPartial
      else { return nil }
      var before = Double(sample.observation.depth ?? 0)
      for step in trace.steps {
        let count = Double(step.rows)
        if step.rows == rows {
          steps += 1
          tokens += before + count
          seen += count * before + count * (count + 1) / 2
        }
        before += count
      }
    }
    guard steps > 0 else { return nil }
    self.tokens = tokens / steps
    self.seen = seen / steps
  }
}
