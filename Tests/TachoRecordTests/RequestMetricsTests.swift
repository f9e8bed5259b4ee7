// SPDX-License-Identifier: Apache-2.0
import TachoRecord
import Testing

/// One request's latencies against numbers worked out by hand, and every null rule.
@Suite struct RequestMetricsTests {
  static func seconds(_ values: Double...) -> [Int] { values.map { Int($0 * 1e9) } }

  /// Due at 1 s, sent at 1.5 s, admitted at 2 s; 2, 1 and 3 tokens at 4, 5 and 8 s; done at 9 s.
  static func record() -> RequestRecord {
    var record = RequestRecord()
    record.scheduledNs = 1_000_000_000
    record.sentNs = 1_500_000_000
    record.admittedNs = 2_000_000_000
    record.emissionNs = seconds(4, 5, 8)
    record.emissionTokens = [2, 1, 3]
    record.doneNs = 9_000_000_000
    record.promptTokens = 100
    record.cachedTokens = 20
    record.outputTokens = 6
    return record
  }

  @Test func multiTokenEmissions() {
    let request = RequestMetrics(Self.record())
    #expect(request.queue == .value(1))
    #expect(request.scheduleLag == .value(0.5))
    #expect(request.ttft == .value(3))
    #expect(request.ttftFromSend == .value(2.5))
    #expect(request.ttftInEngine == .value(2))
    // 80 tokens in 2 s.
    #expect(request.prefillTokensPerSecond == .value(40))
    // The first emission held both.
    #expect(request.ttst == .value(0))
    // 1 s for one token, 3 s for three.
    #expect(
      request.interTokenLatencies
        == .values([WeightedValue(1, weight: 1), WeightedValue(1, weight: 3)]))
    #expect(request.interChunkLatencies == .values([WeightedValue(1), WeightedValue(3)]))
    #expect(request.interChunkLatencies.median == .value(2))
    // 4 s over 6 - 2 tokens, not over 6 - 1.
    #expect(request.tpot == .value(1))
    #expect(request.interactivity == .value(1))
    #expect(request.e2el == .value(8))
    #expect(request.e2elFromSend == .value(7.5))
    #expect(request.e2eTokensPerSecond == .value(0.75))
    #expect(request.maxStall == .value(3))
    #expect(request.prefixHit == .value(0.2))
  }

  @Test func secondTokenOfSingleEmissions() {
    var record = Self.record()
    record.emissionTokens = nil
    record.outputTokens = 3
    #expect(RequestMetrics(record).ttst == .value(1))
    #expect(RequestMetrics(record).tpot == .value(2))
    #expect(RequestMetrics(record).interactivity == .value(0.5))
  }

  @Test func oneTokenHasNoPace() {
    var record = Self.record()
    record.emissionNs = Self.seconds(4)
    record.emissionTokens = [1]
    record.outputTokens = 1
    let request = RequestMetrics(record)
    let none = Reading.unavailable("no token after the first emission")
    #expect(request.ttft == .value(3))
    #expect(request.tpot == none && request.interactivity == none)
    #expect(request.ttst == .unavailable("fewer than two tokens"))
    #expect(request.interTokenLatencies == .unavailable("only one emission"))
    #expect(request.interChunkLatencies == .unavailable("only one emission"))
    #expect(request.maxStall == .unavailable("only one emission"))
    #expect(request.e2el == .value(8))
  }

  @Test func aFailedRequestHasNoEnd() {
    var record = Self.record()
    record.failure = "prompt too long"
    let request = RequestMetrics(record)
    let reason = Reading.unavailable("the request failed: prompt too long")
    #expect(request.e2el == reason && request.e2elFromSend == reason)
    #expect(request.e2eTokensPerSecond == reason)
    // What it emitted before is still so.
    #expect(request.ttft == .value(3))
  }

  @Test func withoutTokensOrTimes() {
    var record = Self.record()
    record.emissionNs = []
    record.emissionTokens = nil
    record.outputTokens = 0
    let silent = RequestMetrics(record)
    let none = Reading.unavailable("no token was emitted")
    for reading in [
      silent.ttft, silent.ttftFromSend, silent.ttftInEngine, silent.prefillTokensPerSecond,
      silent.ttst, silent.tpot, silent.interactivity, silent.maxStall, silent.e2eTokensPerSecond,
      silent.interTokenLatencies.median, silent.interChunkLatencies.median,
    ] { #expect(reading == none) }
    #expect(silent.e2el == .value(8) && silent.queue == .value(1))

    record = Self.record()
    record.scheduledNs = nil
    record.admittedNs = nil
    let partial = RequestMetrics(record)
    let unscheduled = Reading.unavailable("the worker did not report scheduledNs")
    #expect(partial.ttft == unscheduled && partial.e2el == unscheduled)
    #expect(partial.queue == unscheduled && partial.scheduleLag == unscheduled)
    #expect(partial.ttftInEngine == .unavailable("the worker did not report admittedNs"))
    #expect(partial.ttftFromSend == .value(2.5))
    record.cachedTokens = nil
    #expect(
      RequestMetrics(record).prefixHit == .unavailable("the worker did not report cachedTokens"))
    record.promptTokens = nil
    #expect(
      RequestMetrics(record).prefixHit == .unavailable("the worker did not report promptTokens"))
    record.sentNs = 10_000_000_000
    #expect(
      RequestMetrics(record).e2elFromSend == .unavailable("sentNs is later than doneNs"))
  }

  @Test func cachedPromptsHaveNoRate() {
    var record = Self.record()
    record.cachedTokens = 100
    #expect(
      RequestMetrics(record).prefillTokensPerSecond
        == .unavailable("every prompt token came from a cache"))
    #expect(RequestMetrics(record).prefixHit == .value(1))
  }

  /// Type 7 of the values as if each were written out as often as it counts.
  @Test func weightedPercentiles() {
    let sample = WeightedSample([WeightedValue(4, weight: 1), WeightedValue(1, weight: 3)])
    #expect(sample.count == 2)
    #expect(sample.percentile(0) == 1 && sample.percentile(50) == 1 && sample.percentile(100) == 4)
    // Rank 2.7 of 1, 1, 1, 4.
    #expect(abs(sample.percentile(90) - 3.1) < 1e-12)
    #expect(sample.mean == 1.75)
    let plain = WeightedSample((1...100).map { WeightedValue(Double($0)) })
    #expect(abs(plain.percentile(99) - 99.01) < 1e-9)
    #expect(abs(plain.percentile(90) - 90.1) < 1e-9)
    let huge = WeightedSample(
      (0..<1000).map { WeightedValue(Double($0), weight: 1_000_000_000) })
    #expect(huge.percentile(100) == 999 && abs(huge.percentile(50) - 499.5) < 1)
  }

  /// A sample of mode request has the same figures under the metrics' ids.
  @Test func requestMode() {
    let record = Self.record()
    var observation = Observation(startNs: 0, endNs: 9_000_000_000)
    observation.promptTokens = record.promptTokens
    observation.cachedTokens = record.cachedTokens
    observation.outputTokens = record.outputTokens
    observation.scheduledNs = record.scheduledNs
    observation.sentNs = record.sentNs
    observation.admittedNs = record.admittedNs
    observation.emissionNs = record.emissionNs
    observation.emissionTokens = record.emissionTokens
    observation.doneNs = record.doneNs
    let readings = MetricRuleTests.readings(observation)
    let expected: [String: Double] = [
      "latency/queue": 1, "latency/schedule-lag": 0.5, "latency/ttft": 3,
      "latency/ttft-send": 2.5, "latency/ttft-engine": 2, "prefill/tokens-per-second": 40,
      "latency/ttst": 0, "latency/itl-median": 1, "latency/icl-median": 2, "latency/tpot": 1,
      "latency/interactivity": 1, "latency/e2el": 8, "latency/e2el-send": 7.5,
      "latency/e2e-tokens-per-second": 0.75, "latency/max-stall": 3, "prefill/prefix-hit": 0.2,
    ]
    for (id, value) in expected { #expect(readings[id] == .value(value), "\(id)") }
    #expect(!readings.keys.contains { $0.hasPrefix("serve/") })
  }
}
