// SPDX-License-Identifier: Apache-2.0

/// When a run has enough samples, and what bounds it.
package struct MeasurementPolicy: Sendable, Hashable, Codable {
  /// Samples before any are counted; more are dropped while times still fall (see `warmupMax`).
  package var warmupMin: Int
  package var warmupMax: Int
  /// At least this many samples, and this much measured time.
  package var samplesMin: Int
  package var secondsMin: Double
  /// Then until the relative half-width of the median's 95% interval is this small.
  package var relativeHalfWidth: Double
  /// Or until there are this many samples, or this much time has passed.
  package var samplesMax: Int
  package var secondsMax: Double
  /// One request to the worker may take this long before the worker is killed.
  package var timeoutSeconds: Double
  /// The worker is killed when its anonymous memory exceeds this.
  package var memoryCapBytes: Int?
  package var recordLaunches: LaunchRecording
  /// What is observed besides the clock: names of collectors (`tacho list collectors`).
  package var collect: [String]
  /// What the collector `counters` counts, in libpfm4's names.
  package var events: [String]
  /// What becomes of samples that the sentinel flagged.
  package var contaminated: Contamination
  /// Samples taken beyond `samplesMax` to make up for flagged ones; nil is as many as `samplesMax`.
  package var repeatsMax: Int?

  package init(
    warmupMin: Int = 1, warmupMax: Int = 5, samplesMin: Int = 5, secondsMin: Double = 0,
    relativeHalfWidth: Double = 0.02, samplesMax: Int = 20, secondsMax: Double = 60,
    timeoutSeconds: Double = 300, memoryCapBytes: Int? = nil,
    recordLaunches: LaunchRecording = .none,
    collect: [String] = [], events: [String] = [],
    contaminated: Contamination = .repeat, repeatsMax: Int? = nil
  ) {
    self.warmupMin = warmupMin
    self.warmupMax = warmupMax
    self.samplesMin = samplesMin
    self.secondsMin = secondsMin
    self.relativeHalfWidth = relativeHalfWidth
    self.samplesMax = samplesMax
    self.secondsMax = secondsMax
    self.timeoutSeconds = timeoutSeconds
    self.memoryCapBytes = memoryCapBytes
    self.recordLaunches = recordLaunches
    self.collect = collect
    self.events = events
    self.contaminated = contaminated
    self.repeatsMax = repeatsMax
  }

  /// Samples taken in any case, flagged ones and their repetitions included: with the default at most
  /// twice those asked for, so that a machine that is never quiet is measured all the same.
  package var samplesTakenMax: Int {
    guard contaminated == .repeat else { return samplesMax }
    let (sum, overflow) = samplesMax.addingReportingOverflow(repeatsMax ?? samplesMax)
    return overflow ? .max : sum
  }

  /// Exactly `count` samples after `warmup` dropped ones, flagged or not, as llama-bench does.
  package static func fixed(_ count: Int, warmup: Int) -> MeasurementPolicy {
    MeasurementPolicy(
      warmupMin: warmup, warmupMax: warmup, samplesMin: count, relativeHalfWidth: 0,
      samplesMax: count, secondsMax: .greatestFiniteMagnitude, contaminated: .keep)
  }
}

/// What becomes of a sample during which the machine was disturbed.
package enum Contamination: String, Sendable, Hashable, Codable, CaseIterable {
  /// Another is taken in its place while the budget lasts; `SampleSelection` says which count.
  case `repeat`
  /// It is marked and counts like any other.
  case keep
}
