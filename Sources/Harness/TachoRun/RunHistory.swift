// SPDX-License-Identifier: Apache-2.0
package import TachoPlan
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
    /// The samples after the warm-up.
    package var tally: RunTally
    /// Samples taken, warm-up included: where the seeds continue.
    package var samples: Int
    /// Whether an instrument's observation is among what is on record.
    package var isInstrumented: Bool

    package init(
      latest: RunRecord, tally: RunTally, samples: Int, isInstrumented: Bool = false
    ) {
      self.latest = latest
      self.tally = tally
      self.samples = samples
      self.isInstrumented = isInstrumented
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
    let timed = samples.count { $0.isTimed }
    let key = Key(run)
    let before = entries[key]
    var tally = before?.tally ?? RunTally()
    for sample in samples where sample.isCounted {
      tally.add(sample.observation, flagged: sample.flag != nil)
    }
    entries[key] = Past(
      latest: run, tally: tally, samples: (before?.samples ?? 0) + timed,
      isInstrumented: before?.isInstrumented == true || timed < samples.count)
  }

  /// What a resumed sweep says when `measure:` was changed in between.
  package static func policyRemark(launches: Int) -> String {
    "the measurement policy has changed for \(launches) launch\(launches == 1 ? "" : "es"): those that "
      + "had ended stay as they are, the others go on by the policy of now"
  }

  /// How many launches were begun under another measurement policy than these points have now.
  package func launchesWithOtherPolicy(in points: [PlannedPoint]) -> Int {
    points.reduce(0) { count, planned in
      count
        + (0..<max(planned.launches, 1)).count { launch in
          let key = Key(
            benchmark: planned.point.benchmark, pointID: planned.point.id, launch: launch)
          guard let policy = entries[key]?.latest.policy else { return false }
          return policy != planned.policy
        }
    }
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
    return trace?.complaint
  }
}
