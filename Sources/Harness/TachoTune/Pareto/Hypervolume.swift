// SPDX-License-Identifier: Apache-2.0

/// The volume that points dominate below a reference point; every coordinate is to be small.
package enum Hypervolume {
  /// Exact; points that are not below the reference in every coordinate count nothing.
  ///
  /// By sweeping the last coordinate: n log n for two objectives, about n^(k-1) for k.
  package static func of(_ points: [[Double]], reference: [Double]) -> Double {
    let inside = points.filter { point in zip(point, reference).allSatisfy { $0 < $1 } }
    guard !inside.isEmpty else { return 0 }
    if reference.count == 1 { return reference[0] - (inside.map { $0[0] }.min() ?? reference[0]) }
    if reference.count == 2 { return plane(inside, reference) }
    let last = reference.count - 1
    let sorted = inside.sorted { $0[last] < $1[last] }
    var volume = 0.0
    var slab: [[Double]] = []
    for (place, point) in sorted.enumerated() {
      slab.append(Array(point.dropLast()))
      let top = place + 1 < sorted.count ? sorted[place + 1][last] : reference[last]
      guard top > point[last] else { continue }
      slab = ParetoRanking.front(slab).map { slab[$0] }
      volume += (top - point[last]) * of(slab, reference: Array(reference.dropLast()))
    }
    return volume
  }

  private static func plane(_ points: [[Double]], _ reference: [Double]) -> Double {
    var area = 0.0
    var height = reference[1]
    for point in points.sorted(by: { ($0[0], $0[1]) < ($1[0], $1[1]) }) where point[1] < height {
      area += (reference[0] - point[0]) * (height - point[1])
      height = point[1]
    }
    return area
  }

  /// `count` places chosen one after another, each the one that adds most.
  static func subset(_ points: [[Double]], count: Int, reference: [Double]) -> [Int] {
    var chosen: [Int] = []
    var taken: [[Double]] = []
    var volume = 0.0
    // What a point adds only shrinks as others are taken: old gains bound new ones.
    var bounds = [Double](repeating: .infinity, count: points.count)
    while chosen.count < min(count, points.count) {
      var best: (gain: Double, place: Int)?
      let left = points.indices.filter { !chosen.contains($0) }
        .sorted { (bounds[$0], $1) > (bounds[$1], $0) }
      for place in left {
        if let best, best.gain >= bounds[place] { break }
        let gain = of(taken + [points[place]], reference: reference) - volume
        bounds[place] = gain
        if best.map({ gain > $0.gain }) ?? true { best = (gain, place) }
      }
      guard let best else { break }
      chosen.append(best.place)
      taken.append(points[best.place])
      volume += best.gain
    }
    return chosen
  }
}
