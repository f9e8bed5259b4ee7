// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
import TachoCatalog
package import TachoRecord

/// Tacho's engine against another program's at one setting, in one session.
package struct PeerComparison: Sendable {
  package let own: PointResult
  package let peer: PointResult
  package let metric: Metric
  /// How many times as fast as the peer: above 1 Tacho's engine is faster, whatever the metric's unit.
  package let ratio: BlockRatio

  /// Every pair of points of a benchmark that differ in nothing but who measured them, and in how
  /// Tacho's engine was to do it: settings of the engine that the peer's point leaves open.
  package static func all(in benchmark: BenchmarkResults) -> [PeerComparison] {
    let owns = benchmark.points.filter { !$0.isPeer }
    return benchmark.points.filter(\.isPeer).flatMap { peer in
      owns.filter { isBeside(peer, own: $0) }.flatMap { own in
        benchmark.headline.compactMap { PeerComparison(own, peer, $0) }
      }
    }
  }

  private static func isBeside(_ peer: PointResult, own: PointResult) -> Bool {
    guard peer.sweep.id == own.sweep.id else { return false }
    let theirs = shared(peer), ours = shared(own)
    return theirs.allSatisfy { ours[$0.key] == $0.value }
      && ours.keys.allSatisfy { theirs[$0] != nil || $0.hasPrefix("engine.") }
  }

  /// What a point is set to, without who measures it.
  private static func shared(_ point: PointResult) -> [String: ConfigurationValue] {
    point.point.configuration.values.filter { !$0.key.hasPrefix("worker.") }
  }

  private init?(_ own: PointResult, _ peer: PointResult, _ metric: Metric) {
    let mine = own.values(of: metric.id)
    let theirs = peer.values(of: metric.id)
    let isTime = metric.better == .lower
    guard let ratio = BlockRatio(isTime ? theirs : mine, over: isTime ? mine : theirs) else {
      return nil
    }
    self.own = own
    self.peer = peer
    self.metric = metric
    self.ratio = ratio
  }
}

extension PointResult {
  /// Whether another program than Tacho's own engine measured it, or was to.
  package var isPeer: Bool {
    (point.configuration["worker.kind"]?.stringValue ?? "native") != "native"
  }

  /// Who measured: `llama-bench 0c1e570 (4321)`; nil for Tacho's own engine, and before any hello.
  package var peerEngine: String? {
    // A run that was broken off knows less of the program than one that ended.
    let facts = (runs.last { $0.record.status == .completed } ?? runs.last)?.record.facts
    guard isPeer, let facts,
      let engine = facts["worker.engine"]?.stringValue
    else { return nil }
    // A run that ended before its first sample knows only the version of the program around it.
    guard facts["llama_bench.n_threads"] != nil else { return engine }
    return facts["worker.version"]?.stringValue.map { "\(engine) \($0)" } ?? engine
  }

  /// Counted values of a metric by launch.
  func values(of metricID: String) -> [Int: [Double]] {
    guard let launches = readings(of: metricID)?.launches else { return [:] }
    return zip(runs, launches).reduce(into: [:]) { values, pair in
      values[pair.0.record.launch, default: []] += pair.1
    }
  }
}
