// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoStore

@Suite struct RoundTripTests {
  @Test func everyRecordComesBackAsItWas() throws {
    try StoreFixtures.withStorePath { path in
      try StoreFixtures.fill(try ResultStore(path: path))
      let store = try ResultStore(path: path, readOnly: true)
      let result = try store.results(of: "sweep-1")
      #expect(result.record == StoreFixtures.sweep())
      #expect(try store.sweeps() == [StoreFixtures.sweep()])
      let run = try #require(result.runs.first)
      #expect(run.record.point == StoreFixtures.point())
      #expect(run.record.point.id == StoreFixtures.point().id)
      #expect(run.record.status == .completed)
      #expect(run.record.reason == "interval narrow enough")
      #expect(run.record.finishedAt == "2026-11-21T09:00:11.500Z")
      #expect(run.record.facts["model.type"] == "llama 1.1B Q4_0")
      #expect(run.record.facts["synthetic"] == true)
      #expect(run.record.stderrTail == "warning: größe\n")
      #expect(run.record.policy == StoreFixtures.run().policy)
      #expect(run.samples == (0..<3).map { StoreFixtures.sample($0, run: "run-of-sweep-1") })
      var event = StoreFixtures.event(run: "run-of-sweep-1")
      event.sweepID = "sweep-1"
      #expect(result.events == [event, event])
    }
  }

  @Test func noLaunchesAndEmptyLaunchesAreTold() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      var empty = StoreFixtures.sample(0, full: false)
      empty.observation.trace = SampleTrace()
      try store.append(empty)
      try store.append(StoreFixtures.sample(1, full: false))
      let samples = try store.results(of: "sweep-1").runs[0].samples
      #expect(samples[0].observation.trace == SampleTrace())
      #expect(samples[1].observation.trace == nil)
    }
  }

  /// A trace that comes after its sample is as if it had come with it, its metrics too.
  @Test func aTraceThatComesLater() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      let whole = StoreFixtures.sample(1)
      var bare = whole
      bare.observation.trace = nil
      let late = bare.measurements.removeLast()
      try store.append(bare)
      #expect(try store.results(of: "sweep-1").runs[0].samples == [bare])
      try store.append(
        StoreFixtures.trace, runID: bare.runID, index: 1, measurements: [late])
      #expect(try store.results(of: "sweep-1").runs[0].samples == [whole])
      #expect(throws: StoreError.self) {
        try store.append(StoreFixtures.trace, runID: bare.runID, index: 7, measurements: [])
      }
    }
  }

  /// What a later version adds to the policy has its default in rows written before.
  @Test func olderPoliciesAreRead() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try StoreFixtures.fill(store)
      func policy(_ json: String?) throws -> MeasurementPolicy? {
        try store.queue.write {
          try $0.execute(sql: "UPDATE run SET policy = ?", arguments: [json])
        }
        return try store.results(of: "sweep-1").runs[0].record.policy
      }
      #expect(try policy(nil) == nil)
      #expect(
        try policy(#"{"samplesMin":3,"unknown":[1]}"#) == MeasurementPolicy(samplesMin: 3))
      #expect(throws: StoreError.self) { try policy(#"{"samplesMin":"many"}"#) }
      #expect(throws: StoreError.self) { try policy("nonsense") }
    }
  }

  /// A value that is not finite must not become 0, nor a NULL without a reason.
  @Test(arguments: [Double.nan, .infinity, -.infinity]) func notFiniteIsUnavailable(value: Double)
    throws
  {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      var sample = StoreFixtures.sample(0)
      sample.measurements = [Measurement(StoreFixtures.speed, .value(value))]
      sample.observation.extra = ["foreign/score": value]
      try store.append(sample)
      let read = try store.results(of: "sweep-1").runs[0].samples[0]
      #expect(read.measurements[0].reading == .unavailable("not a finite number (\(value))"))
      let extra = try #require(read.observation.extra?["foreign/score"])
      #expect(extra == value || (extra.isNaN && value.isNaN))
    }
  }

  @Test func sqlSeesCounters() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try StoreFixtures.fill(store)
      let rows = try store.queue.read { (database) throws in
        try String.fetchAll(
          database,
          sql: """
            SELECT thread || ' ' || event || ' ' || COALESCE(value, reason) || ' ' || validity
            FROM counter JOIN sample ON sample.key = sample_key WHERE sample_index = 1
            ORDER BY position, thread
            """)
      }
      #expect(
        rows == [
          "-1 perf::CYCLES 30.0 measured", "4711 perf::CYCLES 10.0 measured",
          "4712 perf::CYCLES 20.0 measured", "-1 skx::L2_RQSTS:MISS 120.0 scaled",
          "-1 instructions this machine has no hardware counters unavailable",
        ])
    }
  }

  @Test func nulCharactersDoNotCutText() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      var run = StoreFixtures.run()
      try store.begin(run)
      run.stderrTail = "before\0after"
      try store.finish(run)
      #expect(try store.results(of: "sweep-1").runs[0].record.stderrTail == "before\u{2400}after")
    }
  }

  /// A changed definition is another metric: old values keep the words they were computed by.
  @Test func metricDefinitionsAreKeptApart() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      let changed = Metric(
        id: StoreFixtures.speed.id, unit: .tokensPerSecond, better: .higher, version: 4,
        definition: "Another formula.")
      try store.append(StoreFixtures.sample(0))
      var second = StoreFixtures.sample(2)
      second.measurements = [Measurement(changed, .value(1))]
      try store.append(second)
      let samples = try store.results(of: "sweep-1").runs[0].samples
      #expect(samples[0].measurements[1].metric == StoreFixtures.speed)
      #expect(samples[1].measurements[0].metric == changed)
    }
  }

  @Test func sqlSeesAxesAndViews() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try StoreFixtures.fill(store)
      try store.queue.read { (database) throws in
        let points = try String.fetchAll(
          database,
          sql: """
            SELECT point_id FROM point_value WHERE path = 'engine.threads' AND value = 2
            INTERSECT SELECT point_id FROM point_value
            WHERE path = 'weights.format' AND value = 'q4_0'
            """)
        #expect(points == [StoreFixtures.point().id])
        let tags = try String.fetchOne(
          database, sql: "SELECT value FROM point_value WHERE path = 'workload.tags'")
        #expect(tags == #"["a","b"]"#)
        let summary = try #require(
          try Row.fetchOne(
            database, sql: "SELECT * FROM v_point_summary WHERE metric = ?",
            arguments: [StoreFixtures.speed.id]))
        // Sample 0 is warm-up, sample 1 has no value: one is left.
        #expect(summary["n"] == 1)
        #expect(summary["median"] == 102.0)
        #expect(summary["point"] == "int8 ✓ engine.threads=2 weights.format=q4_0")
        let flat = try Row.fetchAll(database, sql: "SELECT * FROM v_measurement")
        #expect(flat.count == 6)
        #expect(flat.filter { $0["warmup"] == true }.count == 2)
        #expect(flat.compactMap { $0["unavailable_reason"] as String? }.count == 1)
      }
    }
  }

  /// Prints what 10,000 samples cost to write one by one and to read back.
  @Test func tenThousandSamples() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      let clock = ContinuousClock()
      let writing = try clock.measure {
        for index in 0..<10_000 { try store.append(StoreFixtures.sample(index, full: false)) }
      }
      var count = 0
      let reading = try clock.measure {
        count = try store.results(of: "sweep-1").runs[0].samples.count
      }
      #expect(count == 10_000)
      let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
      print("10,000 samples: written in \(writing), read in \(reading), \(size / 1024) KiB")
      #expect(writing < .seconds(60))
      #expect(reading < .seconds(20))
    }
  }
}
