// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// The order in which a plan's points are measured: randomised complete blocks, so that drift of
/// the machine falls on all points alike.
///
/// Block k is launch k of every point that has one.
package struct Schedule: Sendable, Hashable {
  /// What stays together within a block.
  package enum Grouping: String, Sendable, Hashable, Codable, CaseIterable {
    /// Points in any order.
    case none
    /// Points of one model and weight format next to each other, so that it is loaded once.
    case model
  }

  /// One worker process to start.
  package struct Step: Sendable, Hashable {
    /// Index into the plan's points.
    package var point: Int
    /// 0 for the point's first worker process.
    package var launch: Int

    package init(point: Int, launch: Int) {
      self.point = point
      self.launch = launch
    }
  }

  /// The same plan, seed and grouping give the same order on every machine.
  package let seed: UInt64
  package let grouping: Grouping
  package let steps: [Step]

  /// Points with a `skip` reason are not scheduled.
  package init(_ plan: Plan, seed: UInt64, groupingBy grouping: Grouping = .none) {
    self.seed = seed
    self.grouping = grouping
    var steps: [Step] = []
    let runnable = plan.points.indices.filter { plan.points[$0].skip == nil }
    let blocks = runnable.map { plan.points[$0].launches }.max() ?? 0
    for launch in 0..<max(0, blocks) {
      // Each block has its own stream, so that a point more or less changes no other block.
      var random = ShuffleStream(seed: seed, block: UInt64(launch))
      let block = runnable.filter { plan.points[$0].launches > launch }
      let ordered: [Int]
      switch grouping {
      case .none: ordered = random.shuffled(block)
      case .model:
        var groups: [String: [Int]] = [:]
        var keys: [String] = []
        for index in block {
          let key = Self.modelKey(plan.points[index].point)
          if groups[key] == nil { keys.append(key) }
          groups[key, default: []].append(index)
        }
        ordered = random.shuffled(keys).flatMap { random.shuffled(groups[$0] ?? []) }
      }
      steps += ordered.map { Step(point: $0, launch: launch) }
    }
    self.steps = steps
  }

  /// What decides which weights a worker loads.
  private static func modelKey(_ point: Point) -> String {
    let paths = point.configuration.paths.filter {
      $0.hasPrefix("model.") || $0 == "weights.format"
    }
    return paths.map { "\($0)=\(point.configuration[$0]?.canonicalJSON ?? "")" }
      .joined(separator: " ")
  }
}
