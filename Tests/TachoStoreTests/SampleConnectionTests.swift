// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoRecord
import Testing

@testable import TachoStore

/// What SQLite does not look up for samples, and the log that batches do not wait for.
@Suite struct SampleConnectionTests {
  private func withRuns(_ body: (ResultStore, String) throws -> Void) throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      try store.begin(StoreFixtures.run("run-2", order: 1))
      try body(store, path)
    }
  }

  private func metric(_ number: Int) -> Metric {
    Metric(
      id: "foreign/metric-\(number)", unit: .count, better: .neither, definition: "A number.")
  }

  /// As many as go into one statement, one more and one less, and metrics in another order.
  @Test func anyNumberOfMeasurements() throws {
    try withRuns { store, _ in
      let samples = [0, 1, 2, 15, 16, 17, 31, 32, 33, 100, 3].enumerated().map { index, count in
        var sample = StoreFixtures.sample(index, full: false)
        sample.measurements = (0..<count).map {
          let reading = $0 % 7 == 3 ? Reading.unavailable("no \($0)") : .value(Double($0))
          return Measurement(metric($0), reading)
        }
        return sample
      }
      try store.append(samples)
      var turned = samples[5]
      turned.index = 99
      turned.measurements.reverse()
      try store.append(turned)
      let read = try store.results(of: "sweep-1").runs[0].samples
      #expect(Array(read.dropLast()) == samples)
      // A sample's measurements are read in the order in which its metrics were first seen.
      #expect(Set(try #require(read.last).measurements) == Set(turned.measurements))
      turned.index = 100
      turned.measurements.append(turned.measurements[0])
      #expect(throws: StoreError.self) { try store.append(turned) }
      #expect(try store.results(of: "sweep-1").runs[0].samples == read)
    }
  }

  /// Rows that every sample refers to are there, whoever wrote which.
  @Test func everyReferenceIsKept() throws {
    try withRuns { store, path in
      let other = try ResultStore(path: path)
      try store.append((0..<300).map { StoreFixtures.sample($0) })
      try other.append((0..<300).map { StoreFixtures.sample($0, run: "run-2") })
      try store.append(StoreFixtures.sample(300))
      let broken = try store.queue.read {
        try Row.fetchAll($0, sql: "PRAGMA foreign_key_check")
      }
      #expect(broken == [])
    }
  }

  /// What another connection took away is not believed to be there still.
  @Test func removedRowsAreMissed() throws {
    try withRuns { store, path in
      try store.append(StoreFixtures.sample(0, full: false))
      let other = try DatabaseQueue(path: path)
      try other.write { database in
        try database.execute(sql: "DELETE FROM measurement")
        try database.execute(sql: "DELETE FROM sample")
        try database.execute(sql: "DELETE FROM metric")
        try database.execute(sql: "DELETE FROM run WHERE id = 'run-1'")
      }
      #expect(throws: StoreError.noSuchRun(id: "run-1")) {
        try store.append(StoreFixtures.sample(1, full: false))
      }
      let sample = StoreFixtures.sample(0, run: "run-2", full: false)
      try store.append(sample)
      let read = try store.results(of: "sweep-1").runs.flatMap(\.samples)
      #expect(read == [sample])
    }
  }

  /// A batch of many stretches, half of them of another run, is written in its order; a failure at the end
  /// leaves nothing and ends the second thread.
  @Test func longBatches() throws {
    try withRuns { store, _ in
      let batch = (0..<3_000).map {
        StoreFixtures.sample($0, run: $0 % 2 == 0 ? "run-1" : "run-2", full: false)
      }
      #expect(throws: StoreError.self) { try store.append(batch + [batch[0]]) }
      #expect(try store.results(of: "sweep-1").runs.flatMap(\.samples) == [])
      try store.append(batch)
      let runs = try store.results(of: "sweep-1").runs.map(\.samples)
      #expect(runs[0] == batch.filter { $0.runID == "run-1" })
      #expect(runs[1] == batch.filter { $0.runID == "run-2" })
    }
  }

  /// Batches do not wait for the log to be copied, but it is: the file alone is whole when the store is
  /// closed, and the log did not grow with all that was written.
  @Test func theLogIsCopied() throws {
    try StoreFixtures.withStorePath { path in
      do {
        let store = try ResultStore(path: path)
        try store.begin(StoreFixtures.sweep())
        try store.begin(StoreFixtures.run())
        for start in stride(from: 0, to: 20_000, by: 1_000) {
          try store.append((start..<(start + 1_000)).map { StoreSpeedTests.bareSample($0) })
        }
      }
      #expect(!FileManager.default.fileExists(atPath: path + "-wal"))
      let copy = path + ".copy"
      try FileManager.default.copyItem(atPath: path, toPath: copy)
      let read = try ResultStore(path: copy, readOnly: true).results(of: "sweep-1")
      #expect(read.runs[0].samples.count == 20_000)
    }
  }

  /// Samples of two threads and other rows wait for one another, and none is refused.
  @Test func threadsOfOneStore() async throws {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("tacho-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let store = try ResultStore(path: directory.appendingPathComponent("results.sqlite").path)
    try store.begin(StoreFixtures.sweep())
    try store.begin(StoreFixtures.run())
    try store.begin(StoreFixtures.run("run-2", order: 1))
    try await withThrowingTaskGroup(of: Void.self) { group in
      for run in ["run-1", "run-2"] {
        group.addTask {
          for index in 0..<200 {
            try store.append(StoreFixtures.sample(index, run: run, full: false))
          }
        }
      }
      group.addTask { for _ in 0..<200 { try store.append(StoreFixtures.event()) } }
      try await group.waitForAll()
    }
    let result = try store.results(of: "sweep-1")
    #expect(result.runs.map(\.samples.count) == [200, 200])
    #expect(result.events.count == 200)
  }
}
