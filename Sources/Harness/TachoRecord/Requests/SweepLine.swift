// SPDX-License-Identifier: Apache-2.0

/// How many intervals are open at each moment.
struct SweepLine {
  /// From `time` on (until the next step) so many are open.
  private struct Step {
    let time: Int
    let level: Int
  }

  private let steps: [Step]
  /// The most that are ever open at a time.
  let peak: Int

  /// One that ends when another begins makes room for it: the level does not fall in between.
  init(_ intervals: [ClosedRange<Int>]) {
    var changes: [(time: Int, by: Int)] = []
    for interval in intervals where interval.lowerBound < interval.upperBound {
      changes.append((interval.lowerBound, 1))
      changes.append((interval.upperBound, -1))
    }
    changes.sort { $0.time < $1.time }
    var steps: [Step] = []
    var level = 0
    var index = 0
    while index < changes.count {
      let time = changes[index].time
      while index < changes.count, changes[index].time == time {
        level += changes[index].by
        index += 1
      }
      steps.append(Step(time: time, level: level))
    }
    self.steps = steps
    peak = steps.map(\.level).max() ?? 0
  }

  /// The time-weighted mean from `begin` to `end`, which is later.
  func mean(from begin: Int, to end: Int) -> Double {
    var area = 0.0
    for (index, step) in steps.enumerated() {
      let next = index + 1 < steps.count ? steps[index + 1].time : step.time
      let first = max(step.time, begin)
      let last = min(next, end)
      if first < last {
        area += Double(step.level) * Nanoseconds.seconds(from: first, to: last)
      }
    }
    return area / Nanoseconds.seconds(from: begin, to: end)
  }

  /// The longest span in which at least `level` are open all the time.
  func longest(atLeast level: Int) -> (begin: Int, end: Int)? {
    var best: (begin: Int, end: Int)?
    var bestSeconds = 0.0
    var begin: Int?
    for step in steps {
      if step.level >= level {
        begin = begin ?? step.time
      } else if let start = begin {
        let seconds = Nanoseconds.seconds(from: start, to: step.time)
        if seconds > bestSeconds { (best, bestSeconds) = ((start, step.time), seconds) }
        begin = nil
      }
    }
    return best
  }
}
