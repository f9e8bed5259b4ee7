// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Minimises a smooth function by limited-memory BFGS with backtracking (Nocedal and Wright, chapter 7).
struct LBFGS {
  /// Pairs of steps and changes of the gradient that are remembered.
  var memory = 8
  var iterations = 40
  /// Ends when no component of the gradient is larger.
  var tolerance = 1e-3
  /// No component moves further in one iteration.
  var longestStep = 2.0

  /// The best point found from `start`, and the function there; `evaluate` gives the value and the
  /// gradient, or nil where there is none.
  func minimize(
    from start: [Double], _ evaluate: ([Double]) -> (value: Double, gradient: [Double])?
  ) -> (point: [Double], value: Double)? {
    guard var current = evaluate(start) else { return nil }
    var x = start
    var steps: [(s: [Double], y: [Double], rho: Double)] = []
    for _ in 0..<iterations {
      if current.gradient.allSatisfy({ abs($0) <= tolerance }) { break }
      var direction = Self.direction(current.gradient, steps)
      var slope = Self.dot(direction, current.gradient)
      if slope >= 0 {
        steps = []
        direction = current.gradient.map { -$0 }
        slope = -Self.dot(current.gradient, current.gradient)
      }
      let longest = direction.reduce(0) { max($0, abs($1)) }
      var length = min(1, longestStep / max(longest, 1e-300))
      if steps.isEmpty { length = min(length, 0.5 / max(longest, 1e-300)) }
      var next: (value: Double, gradient: [Double])?
      var point = x
      for _ in 0..<20 {
        point = zip(x, direction).map { $0 + length * $1 }
        if let found = evaluate(point), found.value <= current.value + 1e-4 * length * slope {
          next = found
          break
        }
        length /= 2
      }
      guard let next else { break }
      let s = zip(point, x).map { $0 - $1 }
      let y = zip(next.gradient, current.gradient).map { $0 - $1 }
      let curvature = Self.dot(s, y)
      if curvature > 1e-10 {
        steps.append((s, y, 1 / curvature))
        if steps.count > memory { steps.removeFirst() }
      }
      let gain = current.value - next.value
      (x, current) = (point, next)
      if gain < 1e-7 * (1 + abs(next.value)) { break }
    }
    return (x, current.value)
  }

  /// The two-loop recursion.
  private static func direction(
    _ gradient: [Double], _ steps: [(s: [Double], y: [Double], rho: Double)]
  ) -> [Double] {
    var q = gradient
    var alphas: [Double] = []
    for step in steps.reversed() {
      let alpha = step.rho * dot(step.s, q)
      alphas.append(alpha)
      for i in q.indices { q[i] -= alpha * step.y[i] }
    }
    if let last = steps.last {
      let scale = 1 / (last.rho * dot(last.y, last.y))
      for i in q.indices { q[i] *= scale }
    }
    for (step, alpha) in zip(steps, alphas.reversed()) {
      let beta = step.rho * dot(step.y, q)
      for i in q.indices { q[i] += (alpha - beta) * step.s[i] }
    }
    return q.map { -$0 }
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for i in a.indices { sum += a[i] * b[i] }
    return sum
  }
}
