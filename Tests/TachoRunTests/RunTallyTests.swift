// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord
import TachoRun
import Testing

/// When a launch with flagged samples ends, and what it says of them.
@Suite struct RunTallyTests {
  /// Takes samples (true is flagged) of one second until there is a verdict.
  private func run(
    _ flags: [Bool], _ policy: MeasurementPolicy, secondsPerSample: Double = 1
  ) -> (taken: Int, verdict: String)? {
    var tally = RunTally()
    for (index, flagged) in flags.enumerated() {
      tally.add(Observation(startNs: 0, endNs: 1_000_000_000), flagged: flagged)
      let elapsed = Double(index + 1) * secondsPerSample
      if let verdict = tally.verdict(StopRule(policy), elapsedSeconds: elapsed) {
        return (index + 1, verdict)
      }
    }
    return nil
  }

  private static let exact = MeasurementPolicy(
    samplesMin: 5, relativeHalfWidth: 0, samplesMax: 5, secondsMax: 1000)

  @Test func flaggedSamplesAreRepeated() throws {
    let flags = [true, false, false, true, false, false, true, false, false]
    let ended = try #require(run(flags, Self.exact))
    #expect(ended.taken == 8)
    #expect(
      ended.verdict
        == "5 samples: the most asked for; 3 of 8 samples flagged and repeated")
  }

  @Test func withoutFlagsNothingChanges() throws {
    let ended = try #require(run(Array(repeating: false, count: 9), Self.exact))
    #expect(ended.taken == 5 && ended.verdict == "5 samples: the most asked for")
  }

  /// A machine that is never quiet: twice the samples, and all count.
  @Test func repeatingHasAnEnd() throws {
    var flags = Array(repeating: true, count: 30)
    flags[3] = false
    let ended = try #require(run(flags, Self.exact))
    #expect(ended.taken == 10)
    #expect(
      ended.verdict == "10 samples: the most asked for; 9 of 10 samples flagged: counted, since no "
        + "more were to be taken")
  }

  @Test func timeEndsIt() throws {
    let policy = MeasurementPolicy(
      samplesMin: 5, relativeHalfWidth: 0, samplesMax: 50, secondsMax: 7)
    let noisy = try #require(run(Array(repeating: true, count: 30), policy))
    #expect(noisy.taken == 7)
    #expect(
      noisy.verdict == "7 samples: the time of 7 s is used up; 7 of 7 samples flagged: counted, "
        + "since the time was used up")
    // The fewest samples are taken whatever the time.
    let slow = try #require(run(Array(repeating: true, count: 30), policy, secondsPerSample: 9))
    #expect(slow.taken == 5)
    // Enough that are not flagged: those count, and the time ends the run as ever.
    let flags = [false, true, false, false, false, true, false, false]
    let enough = try #require(run(flags, policy))
    #expect(enough.taken == 7)
    #expect(
      enough.verdict == "5 samples: the time of 7 s is used up; 2 of 7 samples flagged and repeated"
    )
  }

  @Test func theIntervalIsOfUnflaggedSamples() throws {
    let policy = MeasurementPolicy(samplesMin: 5, samplesMax: 20, secondsMax: 1000)
    var tally = RunTally()
    var verdict: String?
    for index in 0..<9 where verdict == nil {
      // Flagged samples take twice as long: with them the interval would be wide.
      let flagged = index % 2 == 1
      tally.add(
        Observation(startNs: 0, endNs: flagged ? 2_000_000_000 : 1_000_000_000), flagged: flagged)
      verdict = tally.verdict(StopRule(policy), elapsedSeconds: Double(index))
    }
    #expect(
      verdict == "5 samples: interval ±0% of the median, within ±2%; 4 of 9 samples flagged and "
        + "repeated")
    #expect(tally.all.count == 9 && tally.unflagged == Array(repeating: 1, count: 5))
  }

  @Test func keepingCountsThem() throws {
    var policy = Self.exact
    policy.contaminated = .keep
    let ended = try #require(run([true, false, true, false, false, false], policy))
    #expect(ended.taken == 5)
    #expect(
      ended.verdict == "5 samples: the most asked for; 2 of 5 samples flagged and counted")
  }

  /// Under a time budget there is no room beyond the most samples.
  @Test func noRepetitionsBeyondTheMost() throws {
    var policy = MeasurementPolicy(
      samplesMin: 3, relativeHalfWidth: 0, samplesMax: 6, secondsMax: 1000, repeatsMax: 0)
    var ended = try #require(run([true, false, false, true, false, false, false], policy))
    #expect(ended.taken == 6)
    #expect(
      ended.verdict
        == "4 samples; 2 of 6 samples flagged and repeated, until no more were to be taken")
    policy.samplesMin = 6
    ended = try #require(run([true, false, false, true, false, false, false], policy))
    #expect(ended.taken == 6 && ended.verdict.contains("flagged: counted, since no more"))
  }

  /// Any sequence of flags ends within the budget, and with as many samples as are wanted if it can.
  @Test(arguments: 1...60) func alwaysEnds(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fewest = 1 + random.index(below: 6)
    let policy = MeasurementPolicy(
      samplesMin: fewest, relativeHalfWidth: random.uniform() * 0.1,
      samplesMax: fewest + random.index(below: 20), secondsMax: random.uniform() * 60)
    let noise = random.uniform()
    let flags = (0..<200).map { _ in random.uniform() < noise }
    let ended = try #require(run(flags, policy), "seed \(seed)")
    #expect(ended.taken <= policy.samplesMax * 2, "seed \(seed)")
    #expect(ended.taken >= policy.samplesMin, "seed \(seed)")
    let unflagged = flags.prefix(ended.taken).count { !$0 }
    let isCounted =
      ended.verdict.contains("flagged: counted") || ended.taken == unflagged
    #expect(
      isCounted || unflagged >= policy.samplesMin, "seed \(seed): \(ended.verdict)")
    #expect(
      SampleSelection.leavesOutFlagged(unflagged: unflagged, policy: policy)
        || ended.verdict.contains("flagged: counted"), "seed \(seed): \(ended.verdict)")
  }
}
