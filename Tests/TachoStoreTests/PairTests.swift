// SPDX-License-Identifier: Apache-2.0
import GRDB
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoStore

/// Launch pairs come back as they were, and go where their runs go.
@Suite struct PairTests {
  static let other = BuildRecord(facts: ["version": "0.2"])

  /// Two runs of one point that took two samples each, in turns.
  static func fill(_ store: ResultStore) throws -> PairRecord {
    let sweep = StoreFixtures.sweep()
    try store.begin(sweep)
    try store.begin(StoreFixtures.run("a"))
    try store.begin(StoreFixtures.run("b", order: 1))
    var pair = PairRecord(
      id: "pair-1", sweepID: sweep.id, index: 3, order: 7,
      base: .init(runID: "a", buildID: sweep.build.id),
      candidate: .init(runID: "b", buildID: other.id), seed: .max, startedFirst: .candidate,
      startedAt: "2026-11-21T09:00:01.000Z")
    try store.begin(pair, builds: [sweep.build, other])
    let steps: [(PairSide, Int?, Int)] = [
      (.candidate, nil, 0), (.base, nil, 0), (.base, 0, 1), (.candidate, 0, 1),
    ]
    for (position, step) in steps.enumerated() {
      let step = PairRecord.Step(
        position: position, side: step.0, round: step.1, sampleIndex: step.2,
        askedNs: 1_000 + position)
      let sample = StoreFixtures.sample(step.sampleIndex, run: step.side == .base ? "a" : "b")
      try store.append(sample, step, pairID: pair.id)
      pair.steps.append(step)
    }
    return pair
  }

  @Test func everyPartComesBackAsItWas() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      var pair = try Self.fill(store)
      #expect(try store.results(of: "sweep-1").pairs == [pair])
      pair.status = .crashed
      pair.reason = "candidate: größe\0"
      pair.finishedAt = "2026-11-21T09:00:09.000Z"
      try store.finish(pair)
      pair.reason = "candidate: größe\u{2400}"
      let sweep = try ResultStore(path: path, readOnly: true).results(of: "sweep-1")
      #expect(sweep.pairs == [pair])
      #expect(sweep.runs.map(\.samples.count) == [2, 2])
      pair.id = "nobody"
      #expect(throws: StoreError.noSuchPair(id: "nobody")) { try store.finish(pair) }
    }
  }

  /// A sample and its place in the pair are one write: neither is there without the other.
  @Test func aSampleOfNoPairIsNotKept() throws {
    try StoreFixtures.withStorePath { path in
      let store = try ResultStore(path: path)
      _ = try Self.fill(store)
      let step = PairRecord.Step(
        position: 9, side: .base, round: 5, sampleIndex: 5, askedNs: 1)
      #expect(throws: StoreError.noSuchPair(id: "nobody")) {
        try store.append(StoreFixtures.sample(5, run: "a"), step, pairID: "nobody")
      }
      #expect(try store.results(of: "sweep-1").runs[0].samples.count == 2)
    }
  }

  @Test func mergingTakesPairsAlong() throws {
    try StoreFixtures.withStorePath { path in
      let node = try ResultStore(path: path + ".node")
      var pair = try Self.fill(node)
      let store = try ResultStore(path: path)
      try store.merge(from: path + ".node")
      #expect(try store.results(of: "sweep-1").pairs == [pair])
      pair.status = .completed
      pair.reason = "enough"
      try node.finish(pair)
      try store.merge(from: path + ".node")
      try store.merge(from: path + ".node")
      #expect(try store.results(of: "sweep-1").pairs == [pair])
    }
  }
}
