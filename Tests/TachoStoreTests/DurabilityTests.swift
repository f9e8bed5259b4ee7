// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoRecord
import Testing

@testable import TachoStore

/// Two writers at once, and writers that die: in processes of their own, as in a real sweep.
@Suite struct DurabilityTests {
  private func temporaryStore() throws -> String {
    let directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("tacho-store-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    return directory.appendingPathComponent("results.sqlite").path
  }

  private func remove(_ path: String) {
    try? FileManager.default.removeItem(
      at: URL(fileURLWithPath: path).deletingLastPathComponent())
  }

  static func writeSamples(_ count: Int, to path: String, sweep: String) throws {
    let store = try ResultStore(path: path)
    try store.begin(StoreFixtures.sweep(sweep))
    try store.begin(StoreFixtures.run("run-of-\(sweep)", sweep: sweep))
    for index in 0..<count {
      try store.append(StoreFixtures.sample(index, run: "run-of-\(sweep)", full: false))
    }
  }

  /// Both processes also create the file: whoever comes second finds it made.
  @Test func twoProcessesWriteOneFile() async throws {
    let path = try temporaryStore()
    defer { remove(path) }
    async let first = #expect(processExitsWith: .success) { [path = path as String] in
      try Self.writeSamples(500, to: path, sweep: "first")
    }
    async let second = #expect(processExitsWith: .success) { [path = path as String] in
      try Self.writeSamples(500, to: path, sweep: "second")
    }
    _ = await (first, second)
    let results = try ResultStore(path: path, readOnly: true).resultSet()
    #expect(results.sweeps.count == 2)
    for sweep in results.sweeps {
      #expect(sweep.runs.map { $0.samples.map(\.index) } == [Array(0..<500)])
    }
  }

  /// Many connections in one process, all creating the same store.
  @Test func fourConnectionsWriteOneFile() async throws {
    let path = try temporaryStore()
    defer { remove(path) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<4 {
        group.addTask { try Self.writeSamples(200, to: path, sweep: "writer-\(writer)") }
      }
      try await group.waitForAll()
    }
    let store = try ResultStore(path: path, readOnly: true)
    for writer in 0..<4 {
      #expect(try store.results(of: "writer-\(writer)").runs[0].samples.count == 200)
    }
  }

  /// Whoever loses the race for one migration goes on with the next.
  @Test func manyCreateOneFileAtOnce() async throws {
    for round in 0..<10 {
      let path = try temporaryStore()
      defer { remove(path) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<6 {
          group.addTask {
            let sweeps = try ResultStore(path: path).sweeps()
            #expect(sweeps.isEmpty, "round \(round)")
          }
        }
        try await group.waitForAll()
      }
    }
  }

  /// SIGKILL in the middle of a transaction: what had been appended stays, the half-written goes.
  @Test func killedWriterLosesOnlyTheSampleInFlight() async throws {
    let path = try temporaryStore()
    defer { remove(path) }
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try Self.writeSamples(25, to: path, sweep: "sweep-1")
      try ResultStore(path: path).queue.write { database in
        try database.execute(
          sql: """
            INSERT INTO sample (run_id, sample_index, warmup, started_at, observation)
            VALUES ('run-of-sweep-1', 25, 0, '', '{}')
            """)
        kill(getpid(), SIGKILL)
      }
    }
    let store = try ResultStore(path: path)
    let progress = try store.samplesDone("sweep-1")
    #expect(progress.map(\.countedSamples) == [24])
    #expect(progress.map(\.warmupSamples) == [1])
    #expect(progress.map(\.status) == [.running])
    #expect(try store.results(of: "sweep-1").runs[0].samples.count == 25)
    #expect(try store.markInterrupted("sweep-1") == 1)
    #expect(try store.markInterrupted("sweep-1") == 0)
    #expect(try store.samplesDone("sweep-1").map(\.status) == [.interrupted])
    // The sweep goes on in the same file.
    try store.begin(StoreFixtures.sweep())
    try store.begin(StoreFixtures.run("run-2", order: 1))
    try store.append(StoreFixtures.sample(0, run: "run-2"))
    #expect(try store.samplesDone("sweep-1").map(\.status) == [.interrupted, .running])
  }

  /// A database and its WAL copied while a transaction is open, as a crash leaves them on disk.
  @Test func anAbandonedWALIsRecovered() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try StoreFixtures.fill(store)
      let copy = path + ".copy"
      try store.queue.write { database in
        try database.execute(sql: "DELETE FROM measurement")
        // Forces the uncommitted pages out of the cache into the WAL.
        try database.execute(sql: "PRAGMA cache_spill = 1")
        for suffix in ["", "-wal"] {
          try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
        }
      }
      let recovered = try ResultStore(path: copy, readOnly: true).results(of: "sweep-1")
      #expect(recovered.runs[0].samples.map(\.measurements.count) == [2, 2, 2])
    }
  }
}
