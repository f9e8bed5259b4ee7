// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoRecord
import Testing

@testable import TachoStore

/// Requests of load runs: written with their sample, read when asked for, merged, migrated.
@Suite struct RequestStoreTests {
  private static func requests() -> [RequestRecord] {
    var full = RequestRecord()
    full.scheduledNs = 5_000_000_000_000
    full.sentNs = 5_000_000_000_100
    full.admittedNs = 5_000_000_000_200
    full.emissionNs = [5_000_000_001_000, 5_000_000_001_000, 5_000_000_003_500]
    full.emissionTokens = [2, 1, 3]
    full.textNs = [5_000_000_001_500, 5_000_000_001_600, 5_000_000_004_000]
    full.doneNs = 5_000_000_004_000
    full.promptTokens = 128
    full.cachedTokens = 64
    full.outputTokens = 6
    full.endedByEOS = true
    full.outputFingerprint = "tokens:abc"
    var failed = RequestRecord()
    failed.failure = "größer als der Kontext"
    failed.endedByEOS = false
    failed.emissionNs = []
    // Whatever integers a worker sends come back as they were.
    var wild = RequestRecord()
    wild.scheduledNs = Int.min
    wild.emissionNs = [Int.max, Int.min, 0, -1]
    return [full, failed, wild, RequestRecord()]
  }

  private static func sample(_ index: Int, run: String = "run-1") -> SampleRecord {
    var sample = StoreFixtures.sample(index, run: run, full: false)
    sample.observation.requests = requests()
    sample.observation.traffic = TrafficRecord(
      closedLoop: false, levels: ServiceLevels(ttft: 0.5, tpotMayBeMissing: true))
    return sample
  }

  private static func fill(_ store: ResultStore) throws {
    try store.begin(StoreFixtures.sweep())
    try store.begin(StoreFixtures.run())
    try store.append(sample(0))
    try store.append(StoreFixtures.sample(1, full: false))
    var none = sample(2)
    none.observation.requests = []
    try store.append(none)
  }

  @Test func requestsComeBackWhenAskedFor() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try Self.fill(store)
      let samples = try store.results(of: "sweep-1", withRequests: true).runs[0].samples
      #expect(samples[0] == Self.sample(0))
      #expect(samples[1].observation.requests == nil)
      #expect(samples[2].observation.requests == [])
      let brief = try store.results(of: "sweep-1").runs[0].samples
      #expect(brief.map { $0.observation.requests } == [[], nil, []])
      #expect(brief[0].observation.traffic?.levels?.ttft == 0.5)
      // Times are short differences, not in the observation as well.
      try store.queue.read { (database) throws in
        #expect(
          try String.fetchOne(database, sql: "SELECT emission_steps_ns FROM item")
            == "[1000,0,2500]")
        let json = try String.fetchOne(database, sql: "SELECT observation FROM sample")
        #expect(json?.contains("emissionNs") == false)
      }
    }
  }

  @Test func mergingTakesThemAlongOnce() throws {
    try StoreFixtures.withStorePath { path in
      let other = path + ".other"
      try Self.fill(try ResultStore(path: other))
      let store = try ResultStore(path: path)
      // Keys differ here.
      try StoreFixtures.fill(store, sweep: "sweep-2")
      for _ in 0..<2 { try store.merge(from: other) }
      let samples = try store.results(of: "sweep-1", withRequests: true).runs[0].samples
      #expect(samples.count == 3 && samples[0] == Self.sample(0))
      let count = try store.queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM item") }
      #expect(count == 4)
    }
  }

  /// A store written before there were load runs takes them when it is opened for writing.
  @Test func olderStoresGrowTheTable() throws {
    try StoreFixtures.withStorePath { path in
      try StoreFixtures.fill(try ResultStore(path: path))
      try DatabaseQueue(path: path).write { (database) throws in
        try database.execute(sql: "DROP TABLE item")
        try database.execute(
          sql: "DELETE FROM grdb_migrations WHERE identifier = '5 requests of load runs'")
      }
      #expect(throws: StoreError.olderSchema(path: path)) {
        try ResultStore(path: path, readOnly: true)
      }
      let store = try ResultStore(path: path)
      #expect(try store.results(of: "sweep-1").runs[0].samples.count == 3)
      try store.append(Self.sample(7, run: "run-of-sweep-1"))
      let samples = try store.results(of: "sweep-1", withRequests: true).runs[0].samples
      #expect(samples.last?.observation.requests == Self.requests())
    }
  }

  @Test func aDamagedListIsReported() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try Self.fill(store)
      try store.queue.write {
        try $0.execute(sql: "UPDATE item SET emission_tokens = '[1,' WHERE position = 0")
      }
      let error = #expect(throws: StoreError.self) {
        try store.results(of: "sweep-1", withRequests: true)
      }
      #expect("\(error.map { "\($0)" } ?? "")".contains("emission_tokens of request 0"))
    }
  }
}
