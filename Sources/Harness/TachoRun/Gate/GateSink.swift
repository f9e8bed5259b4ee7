// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// Hands everything on to the store and keeps what a gate decides from.
final class GateSink: PairSink {
  /// What one side of a pair showed besides its times.
  struct Side {
    var status = RunStatus.running
    var flagged = 0
    /// By round.
    var seconds: [Int: Double] = [:]
    var fingerprints: [Int: String] = [:]
    var tokens: [Int: [Int]] = [:]
    var readings = SideReadings()
    /// The round of a sample, by its index in the run.
    var rounds: [Int: Int] = [:]
  }

  private let store: any PairSink
  /// The metrics whose readings are kept.
  private let metrics: Set<String>
  /// Of the pair being measured, by run.
  private(set) var sides: [String: Side] = [:]

  init(_ store: any PairSink, metrics: Set<String>) {
    self.store = store
    self.metrics = metrics
  }

  /// Forgets the last pair.
  func reset() {
    sides = [:]
  }

  func begin(_ sweep: SweepRecord) throws { try store.begin(sweep) }

  func begin(_ run: RunRecord) throws {
    sides[run.id] = Side()
    try store.begin(run)
  }

  func append(_ sample: SampleRecord) throws { try store.append(sample) }

  func append(
    _ trace: SampleTrace, runID: String, index: Int, measurements: [Measurement]
  ) throws {
    if let round = sides[runID]?.rounds[index] {
      sides[runID]?.readings.add(measurements, round: round, of: metrics)
    }
    try store.append(trace, runID: runID, index: index, measurements: measurements)
  }

  func finish(_ run: RunRecord) throws {
    sides[run.id]?.status = run.status
    try store.finish(run)
  }

  func append(_ event: EventRecord) throws { try store.append(event) }

  func begin(_ pair: PairRecord, builds: [BuildRecord]) throws {
    try store.begin(pair, builds: builds)
  }

  func append(_ sample: SampleRecord, _ step: PairRecord.Step, pairID: String) throws {
    if let round = step.round {
      var side = sides[sample.runID] ?? Side()
      side.seconds[round] = sample.observation.secondsPerCall
      side.fingerprints[round] = sample.observation.outputFingerprint
      side.tokens[round] = sample.observation.outputTokenIDs
      if sample.flag != nil { side.flagged += 1 }
      side.rounds[sample.index] = round
      side.readings.add(sample.measurements, round: round, of: metrics)
      sides[sample.runID] = side
    }
    try store.append(sample, step, pairID: pairID)
  }

  func finish(_ pair: PairRecord) throws { try store.finish(pair) }
}
