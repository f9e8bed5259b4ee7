// SPDX-License-Identifier: Apache-2.0

/// Dominance among points of which every coordinate is to be small.
package enum ParetoRanking {
  /// Whether `a` is nowhere worse than `b` and somewhere better.
  package static func dominates(_ a: [Double], _ b: [Double]) -> Bool {
    var isBetter = false
    for axis in 0..<min(a.count, b.count) {
      if a[axis] > b[axis] { return false }
      if a[axis] < b[axis] { isBetter = true }
    }
    return isBetter
  }

  /// For each point its front: 0 for those that nothing dominates, 1 once these are taken away, ...
  ///
  /// `dominates` may be another order than the coordinates' own, such as one that puts constraints first.
  package static func ranks<Point>(
    _ points: [Point], by dominates: (Point, Point) -> Bool
  ) -> [Int] {
    var dominators = [Int](repeating: 0, count: points.count)
    var dominated = [[Int]](repeating: [], count: points.count)
    for i in points.indices {
      for j in points.indices.dropFirst(i + 1) {
        if dominates(points[i], points[j]) {
          dominated[i].append(j)
          dominators[j] += 1
        } else if dominates(points[j], points[i]) {
          dominated[j].append(i)
          dominators[i] += 1
        }
      }
    }
    var ranks = [Int](repeating: 0, count: points.count)
    var front = points.indices.filter { dominators[$0] == 0 }
    var rank = 0
    while !front.isEmpty {
      var next: [Int] = []
      for i in front {
        ranks[i] = rank
        for j in dominated[i] {
          dominators[j] -= 1
          if dominators[j] == 0 { next.append(j) }
        }
      }
      front = next.sorted()
      rank += 1
    }
    return ranks
  }

  package static func ranks(_ points: [[Double]]) -> [Int] { ranks(points, by: dominates) }

  /// The places of the points on the front, in their order.
  package static func front(_ points: [[Double]]) -> [Int] {
    let ranks = ranks(points)
    return points.indices.filter { ranks[$0] == 0 }
  }

  /// The places of the best `count` points: whole fronts, and of the one that is cut those that together
  /// cover most hypervolume, chosen one after another (Bader and Zitzler 2011; Guerreiro and others 2016:
  /// at least 1 - 1/e of the best choice).
  package static func best(_ points: [[Double]], count: Int) -> [Int] {
    let ranks = ranks(points)
    var chosen: [Int] = []
    var rank = 0
    while chosen.count < count {
      let front = points.indices.filter { ranks[$0] == rank }
      if front.isEmpty { break }
      let room = count - chosen.count
      if front.count <= room {
        chosen += front
      } else {
        let part = front.map { points[$0] }
        chosen += Hypervolume.subset(part, count: room, reference: reference(part))
          .map { front[$0] }
      }
      rank += 1
    }
    return chosen
  }

  /// A point a little worse than all in every coordinate.
  static func reference(_ points: [[Double]]) -> [Double] {
    (points.first ?? []).indices.map { axis in
      let worst = points.map { $0[axis] }.max() ?? 0
      let reference = max(1.1 * worst, 0.9 * worst)
      return reference == 0 ? 1e-12 : reference
    }
  }
}
