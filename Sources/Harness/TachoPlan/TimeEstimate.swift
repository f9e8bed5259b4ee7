// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// How long a point took before: what an estimate needs.
package struct PointTiming: Sendable, Hashable {
  /// From starting the worker to its first sample: process start, model load.
  package var prepareSeconds: Double
  /// One sample, wall clock.
  package var sampleSeconds: Double
  /// Samples, warm-up included, one launch took until its stopping rule was met; nil when unknown.
  package var samplesTaken: Int?

  package init(prepareSeconds: Double, sampleSeconds: Double, samplesTaken: Int? = nil) {
    self.prepareSeconds = prepareSeconds
    self.sampleSeconds = sampleSeconds
    self.samplesTaken = samplesTaken
  }

  /// What is assumed of a point that was never measured; only its first sample will tell.
  package static let assumed = PointTiming(prepareSeconds: 1, sampleSeconds: 1)
}

/// Seconds a plan will take, from earlier measurements where there are any.
package struct TimeEstimate: Sendable, Hashable {
  /// One point's share, all its launches.
  package struct Share: Sendable, Hashable {
    package var timing: PointTiming
    /// Whether the timing was measured, not assumed.
    package var isMeasured: Bool
    /// With the fewest samples the policy allows.
    package var fewest: Double
    /// With as many samples as it took last time, or halfway between fewest and most.
    package var likely: Double
    /// With the most samples the policy allows, as many of them repeated as it allows.
    package var most: Double
  }

  /// Parallel to the plan's points; nil for skipped ones.
  package let shares: [Share?]

  package init(_ plan: Plan, timing: (Point) -> PointTiming?) {
    shares = plan.points.map { planned in
      guard planned.skip == nil else { return nil }
      return Self.share(of: planned, timing(planned.point))
    }
  }

  package var fewest: Double { shares.reduce(0) { $0 + ($1?.fewest ?? 0) } }
  package var likely: Double { shares.reduce(0) { $0 + ($1?.likely ?? 0) } }
  package var most: Double { shares.reduce(0) { $0 + ($1?.most ?? 0) } }
  /// Points whose timing was measured before.
  package var measured: Int { shares.count { $0?.isMeasured == true } }

  private static func share(of planned: PlannedPoint, _ known: PointTiming?) -> Share {
    let policy = planned.policy
    let timing = known ?? .assumed
    let sample = max(0, timing.sampleSeconds)
    let launches = Double(max(1, planned.launches))
    // Measured time reaches secondsMin before a run may stop, and ends with the sample in which
    // it passes secondsMax; the minimum number of samples is taken whatever it costs.
    func launch(samples: Double, warmup: Int) -> Double {
      let floor = max(Double(policy.samplesMin) * sample, policy.secondsMin)
      let measuring = min(max(samples * sample, floor), max(floor, policy.secondsMax + sample))
      return max(0, timing.prepareSeconds) + Double(warmup) * sample + measuring
    }
    let fewest = launch(samples: Double(policy.samplesMin), warmup: policy.warmupMin)
    // Repetitions of flagged samples are possible, but not likely.
    let undisturbed = launch(samples: Double(policy.samplesMax), warmup: policy.warmupMax)
    let most = launch(samples: Double(policy.samplesTakenMax), warmup: policy.warmupMax)
    let likely: Double
    if let taken = timing.samplesTaken {
      let counted = Double(max(0, taken - policy.warmupMin))
      likely = min(max(launch(samples: counted, warmup: policy.warmupMin), fewest), most)
    } else {
      likely = (fewest + undisturbed) / 2
    }
    return Share(
      timing: timing, isMeasured: known != nil, fewest: fewest * launches,
      likely: likely * launches, most: most * launches)
  }
}
