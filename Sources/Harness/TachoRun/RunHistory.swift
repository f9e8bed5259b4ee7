// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// What an interrupted sweep had already measured, so that resuming does not repeat it.
package struct RunHistory: Sendable {
  package struct Key: Sendable, Hashable {
    package var benchmark: String
    package var pointID: String
    package var launch: Int

    package init(benchmark: String, pointID: String, launch: Int) {
      self.benchmark = benchmark
      self.pointID = pointID
      self.launch = launch
    }

    package init(_ run: RunRecord) {
      self.init(benchmark: run.point.benchmark, pointID: run.point.id, launch: run.launch)
    }
  }

  /// One launch of one point: its latest run and the samples of all its runs.
  package struct Past: Sendable {
    package var latest: RunRecord
    /// Times of the counted samples, per unit of work.
    package var values: [Double]
    /// Sum of their timed regions.
    package var measuredSeconds: Double
    /// Samples taken, warm-up included: where the seeds continue.
    package var samples: Int

    package init(latest: RunRecord, values: [Double], measuredSeconds: Double, samples: Int) {
      self.latest = latest
      self.values = values
      self.measuredSeconds = measuredSeconds
      self.samples = samples
    }
  }

  private var entries: [Key: Past] = [:]

  package init() {}

  /// Everything a store has of the sweep.
  package init(_ sweep: ResultSet.Sweep) {
    for run in sweep.runs.sorted(by: { $0.record.startedAt < $1.record.startedAt }) {
      add(run.record, samples: run.samples)
    }
  }

  package subscript(key: Key) -> Past? { entries[key] }

  /// Adds a run that followed those added before it.
  package mutating func add(_ run: RunRecord, samples: [SampleRecord]) {
    let counted = samples.filter { !$0.warmup }.map(\.observation)
    let key = Key(run)
    let before = entries[key]
    entries[key] = Past(
      latest: run, values: (before?.values ?? []) + counted.map(\.secondsPerCall),
      measuredSeconds: (before?.measuredSeconds ?? 0) + counted.reduce(0) { $0 + $1.seconds },
      samples: (before?.samples ?? 0) + samples.count)
  }
}

extension Observation {
  /// What makes an observation unusable, or nil.
  var complaint: String? {
    if endNs < startNs { return "endNs \(endNs) lies before startNs \(startNs)" }
    let counts: [(String, Int?)] = [
      ("promptTokens", promptTokens), ("cachedTokens", cachedTokens),
      ("outputTokens", outputTokens), ("depth", depth), ("iterations", iterations),
    ]
    for (name, count) in counts {
      if let count, count < 0 { return "\(name) is \(count): less than nothing" }
    }
    return nil
  }
}
