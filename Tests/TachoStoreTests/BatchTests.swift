// SPDX-License-Identifier: Apache-2.0
import Foundation
import GRDB
import TachoRecord
import Testing

@testable import TachoStore

/// Many samples in one transaction, and the row keys that are remembered between transactions.
@Suite struct BatchTests {
  /// One call or one call each: the same rows.
  @Test func aBatchIsItsSamples() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      try store.begin(StoreFixtures.run("run-2", order: 1))
      let batch =
        (0..<20).map { StoreFixtures.sample($0) }
        + (0..<20).map { StoreFixtures.sample($0, run: "run-2") }
      try store.append(batch)
      try store.append([])
      let runs = try store.results(of: "sweep-1").runs
      #expect(runs.flatMap(\.samples) == batch)
    }
  }

  /// All or none; and what the failed transaction looked up and added is not believed later.
  @Test func aFailedBatchLeavesNothing() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      try store.begin(StoreFixtures.sweep())
      try store.begin(StoreFixtures.run())
      let samples = (0..<3).map { StoreFixtures.sample($0) }
      #expect(throws: StoreError.self) { try store.append(samples + [samples[0]]) }
      #expect(throws: StoreError.self) {
        try store.append([samples[0], StoreFixtures.sample(1, run: "no such run")])
      }
      #expect(try store.results(of: "sweep-1").runs[0].samples == [])
      let metrics = try store.queue.read {
        try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM metric")
      }
      #expect(metrics == 0)
      try store.append(samples)
      #expect(try store.results(of: "sweep-1").runs[0].samples == samples)
      #expect(throws: StoreError.noSuchRun(id: "no such run")) {
        try store.append(StoreFixtures.sample(3, run: "no such run"))
      }
    }
  }

  /// Two connections that each remember keys agree on them.
  @Test func connectionsShareKeys() throws {
    try StoreFixtures.withStorePath { path in
      let first = try ResultStore(path: path)
      try first.begin(StoreFixtures.sweep())
      try first.begin(StoreFixtures.run())
      try first.append(StoreFixtures.sample(0))
      let second = try ResultStore(path: path)
      try second.append(StoreFixtures.sample(1))
      try first.append(StoreFixtures.sample(2))
      let metrics = try first.queue.read {
        try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM metric")
      }
      #expect(metrics == 2)
      #expect(
        try first.results(of: "sweep-1").runs[0].samples == (0..<3).map { StoreFixtures.sample($0) }
      )
    }
  }

  /// The encoder's text means what Foundation's means.
  @Test func compactTextIsTheSameJSON() throws {
    for sample in [StoreFixtures.sample(2), StoreFixtures.sample(0, full: false)] {
      var observation = sample.observation
      observation.launches = nil
      observation.extra?["b\\"] = .infinity
      observation.extra?["a\"é"] = -1e-300
      observation.load = LoadTimes(mappedNs: 1, readyNs: 2, repackNs: -3, repackedBytes: 1 << 40)
      let text = try #require(try CompactJSONEncoder.text(of: observation))
      let read = try StoredForm.decode(Observation.self, text, path: "", place: "")
      #expect(read == observation, "\(text)")
    }
    #expect(
      try CompactJSONEncoder.text(of: [["b": 1.5, "a": .nan, "c": -.infinity]])
        == #"[{"a":"nan","b":1.5,"c":"-inf"}]"#)
    #expect(try CompactJSONEncoder.text(of: [Int8?.none, -3]) == "[null,-3]")
    #expect(try CompactJSONEncoder.text(of: [Float(0.5), .infinity]) == #"[0.5,"inf"]"#)
    #expect(
      try CompactJSONEncoder.text(of: ["k": [UInt64.max]]) == #"{"k":[18446744073709551615]}"#)
    #expect(try CompactJSONEncoder.text(of: [[1, 2], []]) == "[[1,2],[]]")
  }

  /// A type beyond the encoder is told, not written wrongly.
  @Test func nestedContainersAreRefused() throws {
    struct Nested: Encodable {
      enum Key: String, CodingKey { case a, b }
      func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Key.self)
        var inner = outer.nestedContainer(keyedBy: Key.self, forKey: .a)
        try inner.encode(1, forKey: .b)
      }
    }
    #expect(try CompactJSONEncoder.text(of: Nested()) == nil)
  }
}
