// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoStore

/// What keeping samples costs, one transaction each and many in one.
///
/// The figures of a release build: `TACHO_MEASURE=1 swift test -c release -Xswiftc -enable-testing
/// --disable-xctest --filter StoreSpeedTests`.
@Suite(.serialized) struct StoreSpeedTests {
  static let measures = ProcessInfo.processInfo.environment["TACHO_MEASURE"] == "1"

  /// As a kernel's sample is reported: with resource use and the metrics of its mode.
  static func kernelSample(_ index: Int, run: String = "run-1") -> SampleRecord {
    var observation = Observation(startNs: 1_000_000 * index, endNs: 1_000_000 * index + 987_654)
    observation.flops = 33_554_432
    observation.weightBytes = 9_437_184
    observation.iterations = 64
    observation.outputFingerprint = "9f86d081884c7d65"
    observation.referenceError = 0.0007
    observation.usage = ResourceUsage(
      userSeconds: 0.0009, systemSeconds: 0.00001, minorFaults: 0, majorFaults: 0,
      voluntarySwitches: 1, involuntarySwitches: 0, peakResidentBytes: 50_000_000)
    return SampleRecord(
      runID: run, index: index, warmup: false, startedAt: "2026-11-21T09:00:02.000Z",
      observation: observation, measurements: MetricRules.measurements(of: observation))
  }

  static func bareSample(_ index: Int, run: String = "run-1") -> SampleRecord {
    let observation = Observation(startNs: 1_000_000 * index, endNs: 1_000_000 * index + 987_654)
    return SampleRecord(
      runID: run, index: index, warmup: false, startedAt: "2026-11-21T09:00:02.000Z",
      observation: observation,
      measurements: [Measurement(SampleSeconds.metric, .value(observation.seconds))])
  }

  private func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let took = try clock.measure(body)
    return Double(took.components.seconds) + Double(took.components.attoseconds) * 1e-18
  }

  /// Processor time of the whole process so far, of all its threads and in the kernel.
  private static func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  private func withRun(_ body: (ResultStore) throws -> Void) throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      try body(store)
    }
  }

  /// Bounds that only another order of growth or a transaction per row breaks, in a debug build on a busy
  /// machine too.
  @Test func keepingSamplesIsNoWait() throws {
    let samples = (0..<5_000).map { Self.kernelSample($0) }
    try withRun { store in
      let each = try seconds { for sample in samples[..<500] { try store.append(sample) } }
      let together = try seconds { try store.append(Array(samples[500...])) }
      #expect(each < 10, "\(each) s for 500 samples, a transaction each")
      #expect(together < 15, "\(together) s for 4,500 samples in one transaction")
      let kept = try store.samplesDone("sweep-1").map(\.countedSamples)
      #expect(kept == [5_000])
    }
  }

  @Test(.enabled(if: measures)) func measureMergedSamplesPerSecond() throws {
    let samples = (0..<100_000).map { Self.kernelSample($0) }
    try withRun { store in
      try store.append(samples)
      for _ in 0..<3 {
        try StoreFixtures.withStorePath { path in
          let target = try ResultStore(path: path)
          let took = try seconds { _ = try target.merge(from: store.path) }
          print("merging kernel samples: \(Int(100_000 / took)) per second")
        }
      }
    }
  }

  /// The best of several, because another program's load only ever makes them slower.
  ///
  /// Processor time counts both threads and the kernel, and does not count waiting for the disk.
  @Test(.enabled(if: measures)) func measureSamplesPerSecond() throws {
    for (name, make) in [("bare", Self.bareSample), ("kernel", Self.kernelSample)] {
      let samples = (0..<100_000).map { make($0, "run-1") }
      let metrics = samples[0].measurements.count
      for (batch, count) in [(1, 20_000), (1_000, 100_000), (100_000, 100_000)] {
        let batches = stride(from: 0, to: count, by: batch).map {
          Array(samples[$0..<($0 + batch)])
        }
        var best = (wall: Double.infinity, processor: Double.infinity)
        for _ in 0..<7 {
          try withRun { store in
            let before = Self.processorSeconds()
            let wall = try seconds {
              for batch in batches {
                if batch.count == 1 { try store.append(batch[0]) } else { try store.append(batch) }
              }
            }
            best.wall = min(best.wall, wall)
            best.processor = min(best.processor, Self.processorSeconds() - before)
          }
        }
        print(
          "\(name) samples of \(metrics) metrics, \(batch) in a transaction:"
            + " \(Int(Double(count) / best.wall)) per second,"
            + " \(Int(Double(count) / best.processor)) per second of processor time")
      }
    }
  }
}
