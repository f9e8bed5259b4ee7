// SPDX-License-Identifier: Apache-2.0
import CTachoTraining
import TachoKernels
import TachoTasks
import TachoTraining
import Testing

/// Each operation's backward pass against central differences of its forward pass, on shapes drawn by seed.
@Suite struct OperationGradientTests {
  static let operations = Double.operations(.ref)
  static let seeds: [UInt64] = [1, 2, 3, 4, 5, 6]

  @Test(arguments: seeds) func rmsNorm(seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "norm")
    let (rows, width) = (1 + random.below(4), 1 + random.below(40))
    let x = random.numbers(rows * width)
    let weight = random.numbers(width)
    let above = random.numbers(rows * width)
    func forward(_ x: [Double], _ weight: [Double]) -> (y: [Double], inverse: [Double]) {
      var y = x
      var inverse = [Double](repeating: 0, count: rows)
      Self.operations.rmsNorm(x, weight, &y, &inverse, rows, width, 1e-5)
      return (y, inverse)
    }
    var dx = [Double](repeating: 0, count: x.count)
    var dweight = [Double](repeating: 0, count: width)
    Self.operations.rmsNormBackward(
      x, weight, forward(x, weight).inverse, above, &dx, &dweight, rows, width)
    let a = DifferenceQuotient.error(of: dx, at: x) { dot(forward($0, weight).y, above) }
    let b = DifferenceQuotient.error(of: dweight, at: weight) { dot(forward(x, $0).y, above) }
    #expect(max(a, b) < DifferenceQuotient.tolerance, "seed \(seed), \(rows) x \(width)")
  }

  @Test(arguments: seeds) func rotation(seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "rotation")
    let (rows, heads, pairs) = (1 + random.below(4), 1 + random.below(3), 1 + random.below(8))
    let (dimension, width) = (2 * pairs, heads * 2 * pairs)
    let stride = width + random.below(5)
    let angles = random.numbers(8 * pairs)
    let cosines = angles.map { Double.cosine($0) }
    let sines = angles.map { Double.sine($0) }
    let positions = (0..<rows).map { _ in Int32(random.below(8)) }
    let x = random.numbers(rows * stride)
    let above = random.numbers(rows * stride)
    func rotated(_ x: [Double], _ sign: Double) -> [Double] {
      var y = x
      Self.operations.rotate(
        &y, stride, rows, heads, dimension, pairs, cosines, sines, positions, sign)
      return y
    }
    let error = DifferenceQuotient.error(of: rotated(above, -1), at: x) {
      dot(rotated($0, 1), above)
    }
    #expect(error < DifferenceQuotient.tolerance, "seed \(seed)")
    let back = zip(rotated(rotated(x, 1), -1), x).map { abs($0 - $1) }.max() ?? 0
    #expect(back < 1e-12, "seed \(seed): turning back gives the same")
  }

  @Test(arguments: seeds, [false, true]) func softmax(seed: UInt64, masked: Bool) {
    var random = CounterRandom(seed: seed, stream: "softmax")
    let (rows, columns) = (1 + random.below(5), 2 + random.below(30))
    let first = (0..<rows).map { _ in Int32(random.below(columns / 2)) }
    let end = (0..<rows).map { _ in Int32(columns / 2 + 1 + random.below(columns / 2)) }
    var mask = (0..<rows * columns).map { _ in UInt8(random.below(2)) }
    for row in 0..<rows { mask[row * columns + Int(first[row])] = 1 }
    let scores = random.numbers(rows * columns, scale: 2)
    let above = random.numbers(rows * columns)
    let scale = 0.7
    func visible<R>(_ body: (TrainingOperations<Double>.Visible) -> R) -> R {
      first.withUnsafeBufferPointer { first in
        end.withUnsafeBufferPointer { end in
          mask.withUnsafeBufferPointer { mask in
            body(
              .init(
                first: first.baseAddress!, end: end.baseAddress!,
                mask: masked ? mask.baseAddress : nil, maskStride: columns))
          }
        }
      }
    }
    func forward(_ scores: [Double]) -> (p: [Double], lse: [Double]) {
      var p = scores
      var lse = [Double](repeating: 0, count: rows)
      visible { Self.operations.softmax(&p, rows, columns, scale, $0, &lse, 1) }
      return (p, lse)
    }
    let (p, lse) = forward(scores)
    for row in 0..<rows {
      let line = p[row * columns..<(row + 1) * columns]
      #expect(abs(line.reduce(0, +) - 1) < 1e-12, "seed \(seed), row \(row)")
      for (column, value) in line.enumerated() {
        let seen =
          column >= first[row] && column < end[row]
          && (!masked || mask[row * columns + column] != 0)
        #expect(seen == (value > 0), "seed \(seed), row \(row), column \(column)")
      }
    }
    let delta = (0..<rows).map { row in
      dot(
        Array(p[row * columns..<(row + 1) * columns]),
        Array(above[row * columns..<(row + 1) * columns]))
    }
    var again = scores
    var gradient = above
    visible {
      Self.operations.softmaxBackward(&again, &gradient, rows, columns, scale, $0, lse, delta, 1)
    }
    #expect(zip(again, p).allSatisfy { abs($0 - $1) < 1e-12 }, "seed \(seed): the same again")
    let error = DifferenceQuotient.error(of: gradient, at: scores) { dot(forward($0).p, above) }
    #expect(error < DifferenceQuotient.tolerance, "seed \(seed), masked \(masked)")
  }

  @Test(arguments: seeds, [TT_SWIGLU, TT_REGLU, TT_RELU, TT_SQUARED_RELU].map(\.rawValue))
  func activations(seed: UInt64, kind: UInt32) {
    let kind = tt_activation(kind)
    var random = CounterRandom(seed: seed, stream: "activation")
    let (rows, width) = (1 + random.below(4), 1 + random.below(40))
    let columns = kind == TT_SWIGLU || kind == TT_REGLU ? 2 * width : width
    let x = random.numbersAwayFromZero(rows * columns)
    let above = random.numbers(rows * width)
    var dx = x
    Self.operations.activateBackward(kind, x, above, &dx, rows, width)
    let error = DifferenceQuotient.error(of: dx, at: x) {
      var y = above
      Self.operations.activate(kind, $0, &y, rows, width)
      return dot(y, above)
    }
    #expect(error < DifferenceQuotient.tolerance, "seed \(seed), kind \(kind.rawValue)")
  }

  @Test(arguments: seeds, [0, 0.3, 1]) func crossEntropy(seed: UInt64, distillation: Double) {
    var random = CounterRandom(seed: seed, stream: "loss")
    let (rows, vocabulary) = (1 + random.below(5), 2 + random.below(40))
    let logits = random.numbers(rows * vocabulary, scale: 2)
    let teacher = random.numbers(rows * vocabulary, scale: 2)
    var targets = (0..<rows).map { _ in Int32(random.below(vocabulary)) }
    if rows > 1 { targets[0] = -1 }
    let weights = (0..<rows).map { _ in random.unit() + 0.1 }
    func loss(_ logits: [Double], _ scale: Double) -> (loss: Double, gradient: [Double]) {
      var gradient = logits
      var teaching = teacher
      let sum = targets.withUnsafeBufferPointer { targets in
        weights.withUnsafeBufferPointer { weights in
          teaching.withUnsafeMutableBufferPointer { teacher in
            Self.operations.crossEntropy(
              &gradient, rows, vocabulary,
              .init(
                targets: targets.baseAddress!, weights: weights.baseAddress!, scale: scale,
                teacher: distillation > 0 ? teacher.baseAddress : nil,
                distillation: distillation, temperature: 1.7), true, nil, nil)
          }
        }
      }
      return (sum, gradient)
    }
    let error = DifferenceQuotient.error(of: loss(logits, 0.25).gradient, at: logits) {
      0.25 * loss($0, 1).loss
    }
    #expect(error < DifferenceQuotient.tolerance, "seed \(seed), distillation \(distillation)")
    if rows > 1 {
      #expect(
        loss(logits, 1).gradient[0..<vocabulary].allSatisfy { $0 == 0 },
        "seed \(seed): a row without target teaches nothing")
    }
  }

  @Test func crossEntropyOfEqualLogitsIsTheLogarithmOfTheirNumber() {
    var logits = [Double](repeating: 3, count: 8)
    var losses = [Double](repeating: 0, count: 1)
    var hits = [UInt8](repeating: 9, count: 1)
    let target: [Int32] = [0]
    let loss = target.withUnsafeBufferPointer { target in
      [2.0].withUnsafeBufferPointer { weight in
        Self.operations.crossEntropy(
          &logits, 1, 8,
          .init(targets: target.baseAddress!, weights: weight.baseAddress!, scale: 1), true,
          &losses, &hits)
      }
    }
    #expect(abs(loss - 2 * 2.0794415416798357) < 1e-12)
    #expect(abs(losses[0] - 2.0794415416798357) < 1e-12)
    #expect(hits[0] == 1, "the first of equals counts")
    #expect(abs(logits[0] - 2 * (0.125 - 1)) < 1e-12)
    #expect(abs(logits[7] - 2 * 0.125) < 1e-12)
  }

  @Test(arguments: seeds) func routing(seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "routing")
    let (rows, experts) = (1 + random.below(5), 2 + random.below(7))
    let used = 1 + random.below(experts - 1)
    let logits = random.numbers(rows * experts)
    let above = random.numbers(rows * used)
    let balance = random.numbers(experts)
    func forward(_ logits: [Double]) -> (p: [Double], chosen: [Int32], weights: [Double]) {
      var p = logits
      var chosen = [Int32](repeating: -1, count: rows * used)
      var weights = [Double](repeating: 0, count: rows * used)
      Self.operations.route(&p, rows, experts, used, &chosen, &weights)
      return (p, chosen, weights)
    }
    let (p, chosen, weights) = forward(logits)
    for row in 0..<rows {
      let mine = chosen[row * used..<(row + 1) * used].map(Int.init)
      let expected = (0..<experts).sorted {
        logits[row * experts + $0] > logits[row * experts + $1]
      }
      #expect(mine == Array(expected.prefix(used)), "seed \(seed), row \(row)")
    }
    var gradient = logits
    Self.operations.routeBackward(
      p, chosen, weights, above, balance, &gradient, rows, experts, used)
    let error = DifferenceQuotient.error(of: gradient, at: logits) {
      let moved = forward($0)
      return dot(moved.weights, above)
        + (0..<rows).reduce(0) {
          $0 + dot(Array(moved.p[$1 * experts..<($1 + 1) * experts]), balance)
        }
    }
    #expect(error < DifferenceQuotient.tolerance, "seed \(seed), \(used) of \(experts)")
  }

  /// Gathering and scattering are each other's transposes: <gather(x), y> = <x, scatter(y)>.
  @Test(arguments: seeds) func gatheringAndScattering(seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "gather")
    let (rows, count, width) = (1 + random.below(6), 1 + random.below(9), 1 + random.below(20))
    let places = (0..<count).map { _ in Int32(random.below(rows)) }
    let (x, y) = (random.numbers(rows * width), random.numbers(count * width))
    let scales = random.numbers(count)
    var gathered = y
    Self.operations.gather(x, places, scales, &gathered, count, width)
    var scattered = [Double](repeating: 0, count: x.count)
    Self.operations.scatter(y, places, scales, &scattered, count, width)
    #expect(abs(dot(gathered, y) - dot(x, scattered)) < 1e-9, "seed \(seed)")
    var dots = [Double](repeating: 0, count: count)
    Self.operations.gatherDots(x, places, y, &dots, count, width)
    #expect(abs(dot(dots, scales) - dot(gathered, y)) < 1e-9, "seed \(seed)")
  }

  /// One step from zero moments moves each parameter by the rate against its gradient's sign, and decay by itself.
  @Test func adamWByHand() {
    var parameters = [1.0, -2.0, 0.5]
    let gradients = [0.2, -0.4, 0.0]
    var first = [0.0, 0, 0]
    var second = [0.0, 0, 0]
    // Bias corrections of step 1: 1 / (1 - 0.9) and 1 / sqrt(1 - 0.99).
    Self.operations.adamW(
      &parameters, gradients, &first, &second, 3, 0.5, 0.01 / 0.1, 0.9, 0.99, 0, 10, 0.001)
    #expect(abs(parameters[0] - (1 - 0.001 - 0.01)) < 1e-12)
    #expect(abs(parameters[1] - (-2 + 0.002 + 0.01)) < 1e-12)
    #expect(abs(first[0] - 0.1 * 0.1) < 1e-15)
    #expect(abs(second[1] - 0.01 * 0.04) < 1e-15)
  }
}
