// SPDX-License-Identifier: Apache-2.0
import CTachoTraining
import TachoKernels
import TachoTasks
import TachoTraining
import Testing

/// The float32 loops of every instruction set this CPU has against the float64 ones.
///
/// Sizes that are no multiple of a vector are among them. Errors are relative to the largest result; sums of up
/// to 200 rounded numbers are good to 2e-5.
@Suite struct VariantTests {
  static let isas = ISA.runnable.filter { [.ref, .avx2, .avx512, .neon].contains($0) }
  static let seeds: [UInt64] = [11, 12, 13]

  /// The worst error of one array against another, relative to the largest element.
  static func error(_ actual: [Float], _ expected: [Double]) -> Double {
    let largest = expected.map { abs($0) }.max() ?? 0
    let worst = zip(actual, expected).map { abs(Double($0) - $1) }.max() ?? 0
    return worst / max(1e-30, largest)
  }

  /// Runs `body` in both types on the same numbers; it returns what is compared.
  static func compare(
    _ isa: ISA, seed: UInt64, _ name: String, _ float: (TrainingOperations<Float>) -> [Float],
    _ double: (TrainingOperations<Double>) -> [Double]
  ) {
    let error = error(float(Float.operations(isa)), double(Double.operations(.ref)))
    #expect(error < 2e-5, "\(name), \(isa.name), seed \(seed)")
  }

  @Test(arguments: isas, seeds) func normsAndActivations(isa: ISA, seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "variants")
    let (rows, width) = (3, 1 + random.below(200))
    let x = random.numbers(rows * 2 * width, scale: 3).map { Double(Float($0)) }
    let above = random.numbers(rows * width).map { Double(Float($0)) }
    for kind in [TT_SWIGLU, TT_REGLU, TT_RELU, TT_SQUARED_RELU] {
      Self.compare(isa, seed: seed, "activation \(kind.rawValue)") { operations in
        var y = [Float](repeating: 0, count: rows * width)
        operations.activate(kind, x.map(Float.init), &y, rows, width)
        var dx = x.map { _ in Float(0) }
        operations.activateBackward(
          kind, x.map(Float.init), above.map(Float.init), &dx, rows, width)
        return y + dx
      } _: { operations in
        var y = [Double](repeating: 0, count: rows * width)
        operations.activate(kind, x, &y, rows, width)
        var dx = x.map { _ in 0.0 }
        operations.activateBackward(kind, x, above, &dx, rows, width)
        return y + dx
      }
    }
    Self.compare(isa, seed: seed, "norm") { operations in
      var y = above.map(Float.init)
      var inverse = [Float](repeating: 0, count: rows)
      let values = x.map(Float.init)
      operations.rmsNorm(values, values, &y, &inverse, rows, width, 1e-5)
      var dx = above.map { _ in Float(0) }
      var dweight = [Float](repeating: 0, count: width)
      operations.rmsNormBackward(
        values, values, inverse, above.map(Float.init), &dx, &dweight, rows, width)
      return y + inverse + dx + dweight
    } _: { operations in
      var y = above
      var inverse = [Double](repeating: 0, count: rows)
      operations.rmsNorm(x, x, &y, &inverse, rows, width, 1e-5)
      var dx = above.map { _ in 0.0 }
      var dweight = [Double](repeating: 0, count: width)
      operations.rmsNormBackward(x, x, inverse, above, &dx, &dweight, rows, width)
      return y + inverse + dx + dweight
    }
  }

  @Test(arguments: isas, seeds) func losses(isa: ISA, seed: UInt64) {
    var random = CounterRandom(seed: seed, stream: "losses")
    let (rows, vocabulary) = (4, 2 + random.below(300))
    let logits = random.numbers(rows * vocabulary, scale: 4).map { Double(Float($0)) }
    let teacher = random.numbers(rows * vocabulary, scale: 4).map { Double(Float($0)) }
    let targets = (0..<rows).map { _ in Int32(random.below(vocabulary)) }
    Self.compare(isa, seed: seed, "cross entropy") { operations in
      var gradient = logits.map(Float.init)
      var teaching = teacher.map(Float.init)
      let loss = teaching.withUnsafeMutableBufferPointer { teacher in
        targets.withUnsafeBufferPointer { targets in
          [Float](repeating: 1, count: rows).withUnsafeBufferPointer { weights in
            operations.crossEntropy(
              &gradient, rows, vocabulary,
              .init(
                targets: targets.baseAddress!, weights: weights.baseAddress!, scale: 1,
                teacher: teacher.baseAddress, distillation: 0.5, temperature: 2), true, nil, nil)
          }
        }
      }
      return gradient + [Float(loss) / 100]
    } _: { operations in
      var gradient = logits
      var teaching = teacher
      let loss = teaching.withUnsafeMutableBufferPointer { teacher in
        targets.withUnsafeBufferPointer { targets in
          [Double](repeating: 1, count: rows).withUnsafeBufferPointer { weights in
            operations.crossEntropy(
              &gradient, rows, vocabulary,
              .init(
                targets: targets.baseAddress!, weights: weights.baseAddress!, scale: 1,
                teacher: teacher.baseAddress, distillation: 0.5, temperature: 2), true, nil, nil)
          }
        }
      }
      return gradient + [loss / 100]
    }
  }

  /// Gate values over the whole range, where exp overflows and where it is nothing.
  @Test(arguments: isas) func sigmoidOverItsRange(isa: ISA) {
    let gates = stride(from: -120.0, through: 120, by: 0.37).map { Double(Float($0)) }
    let ones = gates.map { _ in Float(1) }
    var y = ones
    Float.operations(isa).activate(TT_SWIGLU, gates.map(Float.init) + ones, &y, 1, gates.count)
    var expected = gates
    Double.operations(.ref).activate(
      TT_SWIGLU, gates + ones.map(Double.init), &expected, 1, gates.count)
    for (index, gate) in gates.enumerated() {
      let error = abs(Double(y[index]) - expected[index])
      #expect(error <= 1e-6 * abs(expected[index]) + 1e-35, "\(isa.name), gate \(gate)")
    }
  }
}
