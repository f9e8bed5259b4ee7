// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
package import TachoCatalog
package import TachoRecord

/// Hands everything on to the store and keeps the whole samples of both sides, launches included.
package final class CauseSink: PairSink {
  private let store: any PairSink
  package private(set) var pairs: [CauseFinding.Pair] = []
  /// What the workers of each side said of themselves last.
  package private(set) var facts: [PairSide: [String: ConfigurationValue]] = [:]
  private var sides: [String: PairSide] = [:]
  private var places: [String: (pair: Int, side: PairSide, position: Int)] = [:]

  package init(_ store: any PairSink) {
    self.store = store
  }

  package func begin(_ sweep: SweepRecord) throws { try store.begin(sweep) }
  package func begin(_ run: RunRecord) throws { try store.begin(run) }
  package func append(_ sample: SampleRecord) throws { try store.append(sample) }

  package func append(
    _ trace: SampleTrace, runID: String, index: Int, measurements: [Measurement]
  ) throws {
    if let place = places["\(runID) \(index)"] {
      pairs[place.pair][place.side][place.position].trace = trace
    }
    try store.append(trace, runID: runID, index: index, measurements: measurements)
  }

  package func finish(_ run: RunRecord) throws {
    if let side = sides[run.id] { facts[side] = run.facts }
    try store.finish(run)
  }

  package func append(_ event: EventRecord) throws { try store.append(event) }

  package func begin(_ pair: PairRecord, builds: [BuildRecord]) throws {
    for side in PairSide.allCases { sides[pair.side(side).runID] = side }
    pairs.append(.init())
    try store.begin(pair, builds: builds)
  }

  package func append(
    _ sample: SampleRecord, _ step: PairRecord.Step, pairID: String
  ) throws {
    if step.round != nil {
      let pair = pairs.count - 1
      places["\(sample.runID) \(sample.index)"] = (pair, step.side, pairs[pair][step.side].count)
      pairs[pair][step.side].append(sample.observation)
    }
    try store.append(sample, step, pairID: pairID)
  }

  package func finish(_ pair: PairRecord) throws { try store.finish(pair) }
}

extension CauseFinding.Pair {
  fileprivate subscript(side: PairSide) -> [Observation] {
    get { side == .base ? base : candidate }
    set { if side == .base { base = newValue } else { candidate = newValue } }
  }
}
