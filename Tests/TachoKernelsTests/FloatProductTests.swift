// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels
import Testing

/// Products of float weights, in float32 and in bfloat16, of every variant against float64.
@Suite struct FloatProductTests {
  static let types: [ElementType] = [.f32, .f16, .bf16]
  static let choices = KernelChoice.runnable

  /// Of sums of a few thousand terms in float32.
  static let sumError = 2e-6

  private func withCompute<Result>(
    _ choice: KernelChoice, _ arithmetic: FloatArithmetic, threads: Int = 2,
    _ body: (Compute) throws -> Result
  ) throws -> Result {
    let pool = ThreadPool(threads: threads)
    defer { pool.shutDown() }
    return try body(
      Compute(
        pool: pool, kernels: try choice.table(), activations: .auto, floatArithmetic: arithmetic))
  }

  /// Every batch from 1 to 40, so that each remainder of each block occurs.
  @Test(arguments: types, [FloatArithmetic.f32, .bf16])
  func everyBatch(_ type: ElementType, _ arithmetic: FloatArithmetic) throws {
    let problem = try FloatProblem(
      type, rows: 37, columns: 43, batch: 40, arithmetic: arithmetic, seed: 1)
    let expected = problem.exact()
    for choice in Self.choices {
      try withCompute(choice, arithmetic) { compute in
        for batch in 1...40 {
          let actual = problem.run(compute, batch: batch)
          let error = relativeError(actual, Array(expected.prefix(batch * 37)))
          #expect(error < Self.sumError, "\(type) \(arithmetic) \(choice) batch \(batch) seed 1")
        }
      }
    }
  }

  /// Rows and columns that fill no block, and shapes that cross every panel's edge.
  @Test(arguments: types, [FloatArithmetic.f32, .bf16])
  func raggedShapes(_ type: ElementType, _ arithmetic: FloatArithmetic) throws {
    let shapes = [
      (1, 1, 3), (3, 1, 17), (5, 31, 33), (16, 33, 2), (29, 257, 20), (33, 515, 5),
      (3, 2083, 17), (131, 16, 21), (130, 3, 530),
    ]
    for (seed, (rows, columns, batch)) in shapes.enumerated() {
      let problem = try FloatProblem(
        type, rows: rows, columns: columns, batch: batch, arithmetic: arithmetic,
        seed: UInt64(seed))
      let expected = problem.exact()
      for choice in Self.choices {
        let actual = try withCompute(choice, arithmetic) { problem.run($0) }
        let error = relativeError(actual, expected)
        #expect(
          error < Self.sumError,
          "\(type) \(arithmetic) \(choice) \(rows)x\(columns) batch \(batch) seed \(seed)")
      }
    }
  }

  /// A tensor in a safetensors file may begin at any byte.
  @Test(arguments: types, [2, 6, 32, 33])
  func weightsAtAnyAddress(_ type: ElementType, _ offset: Int) throws {
    for arithmetic in [FloatArithmetic.f32, .bf16] {
      let problem = try FloatProblem(
        type, rows: 21, columns: 67, batch: 19, arithmetic: arithmetic, seed: 5, offset: offset)
      let expected = problem.exact()
      for choice in Self.choices {
        try withCompute(choice, arithmetic) { compute in
          for batch in [1, 4, 19] {
            let error = relativeError(
              problem.run(compute, batch: batch), Array(expected.prefix(batch * 21)))
            #expect(error < Self.sumError, "\(type) \(arithmetic) \(choice) offset \(offset)")
          }
        }
      }
    }
  }

  /// Weights at the ends of their formats' ranges.
  @Test(arguments: [FloatArithmetic.f32, .bf16])
  func extremeMagnitudes(_ arithmetic: FloatArithmetic) throws {
    let large: [(ElementType, Float)] = [(.f32, 1e30), (.bf16, 1e30), (.f16, 65504)]
    for (type, magnitude) in large {
      let problem = try FloatProblem(
        type, rows: 20, columns: 70, batch: 18, arithmetic: arithmetic, seed: 9
      ) { $0.next() % 2 == 0 ? magnitude : -magnitude * Float.random(in: 0.5...1, using: &$0) }
      let expected = problem.exact()
      for choice in Self.choices {
        try withCompute(choice, arithmetic) { compute in
          for batch in [1, 18] {
            let error = scaledError(
              problem.run(compute, batch: batch), Array(expected.prefix(batch * 20)),
              scale: Double(magnitude))
            #expect(error < Self.sumError, "\(type) \(arithmetic) \(choice) batch \(batch)")
          }
        }
      }
    }
  }

  /// Subnormal halves are ordinary numbers to both arithmetics.
  @Test(arguments: [FloatArithmetic.f32, .bf16])
  func subnormalHalves(_ arithmetic: FloatArithmetic) throws {
    let problem = try FloatProblem(
      .f16, rows: 20, columns: 70, batch: 18, arithmetic: arithmetic, seed: 11
    ) { $0.normal() * 0x1p-17 }
    let expected = problem.exact()
    for choice in Self.choices {
      try withCompute(choice, arithmetic) { compute in
        for batch in [1, 18] {
          let error = scaledError(
            problem.run(compute, batch: batch), Array(expected.prefix(batch * 20)), scale: 0x1p-17)
          #expect(error < Self.sumError, "\(arithmetic) \(choice) batch \(batch)")
        }
      }
    }
  }

  /// Subnormal float32 and bfloat16 weights count, except in the bfloat16 dot product instructions.
  @Test(arguments: [ElementType.f32, .bf16], [FloatArithmetic.f32, .bf16])
  func subnormalFloats(_ type: ElementType, _ arithmetic: FloatArithmetic) throws {
    let problem = try FloatProblem(
      type, rows: 20, columns: 70, batch: 18, arithmetic: arithmetic, seed: 12, inputScale: 1e20
    ) { min(max($0.normal() * 0x1p-128, -0x1p-127), 0x1p-127) }
    let expected = problem.exact()
    for choice in Self.choices {
      try withCompute(choice, arithmetic) { compute in
        for batch in [1, 18] {
          let actual = problem.run(compute, batch: batch)
          if arithmetic == .bf16, batch > Activations.floatRowLimit, choice.isa >= .avx512bf16 {
            #expect(actual.allSatisfy { $0 == 0 }, "\(type) \(choice) batch \(batch)")
          } else {
            let error = scaledError(actual, Array(expected.prefix(batch * 20)), scale: 2e-19)
            #expect(error < Self.sumError, "\(type) \(arithmetic) \(choice) batch \(batch)")
          }
        }
      }
    }
  }

  /// What bfloat16 costs on normal numbers: 8 bits each side, so 2^-9 / sqrt(3) rounding each.
  @Test(arguments: types)
  func errorOfBFloat16(_ type: ElementType) throws {
    let problem = try FloatProblem(
      type, rows: 48, columns: 512, batch: 20, arithmetic: .f32, seed: 21)
    let expected = problem.exact()
    for choice in Self.choices {
      try withCompute(choice, .bf16) { compute in
        for batch in [1, 20] {
          let error = relativeError(
            problem.run(compute, batch: batch), Array(expected.prefix(batch * 48)))
          #expect(error > 1e-3 && error < 3e-3, "\(type) \(choice) batch \(batch): \(error)")
        }
      }
    }
  }

  @Test func quantisedWeightsTakeNoBFloat16() throws {
    var random = TestRandom(seed: 4)
    let weights = try random.weights(.q4_0, rows: 33, columns: 96)
    let input = (0..<20 * 96).map { _ in random.normal() }
    func run(_ arithmetic: FloatArithmetic) throws -> [Float] {
      try withCompute(KernelChoice(ISA.best), arithmetic) { compute in
        compute.reserveScratch(columns: 96, headDimension: 64, pageTokens: 64)
        let activations = Activations(maxRows: 20, maxColumns: 96)
        let out = AlignedBuffer<Float>(count: 20 * 33)
        input.withUnsafeBufferPointer { source in
          guard let base = source.baseAddress else { return }
          compute.prepare(activations, from: base, rows: 20, columns: 96, for: [weights])
          compute.multiply(activations, "test", .init(weights, out.pointer))
        }
        return Array(out.buffer)
      }
    }
    #expect(try run(.bf16) == run(.f32))
  }

  @Test(arguments: types, [FloatArithmetic.f32, .bf16])
  func resultsDoNotDependOnTheThreadCount(_ type: ElementType, _ arithmetic: FloatArithmetic)
    throws
  {
    let problem = try FloatProblem(
      type, rows: 1061, columns: 75, batch: 40, arithmetic: arithmetic, seed: 3)
    for batch in [1, 7, 40] {
      let results = try [1, 2, 5].map { threads in
        try withCompute(KernelChoice(ISA.best), arithmetic, threads: threads) {
          problem.run($0, batch: batch)
        }
      }
      #expect(results[0] == results[1] && results[0] == results[2], "\(type) batch \(batch)")
    }
  }

  /// A row's result in a batch of one and of many: the same numbers, summed in another order.
  @Test(arguments: types, [FloatArithmetic.f32, .bf16])
  func batchesAgree(_ type: ElementType, _ arithmetic: FloatArithmetic) throws {
    let problem = try FloatProblem(
      type, rows: 40, columns: 200, batch: 40, arithmetic: arithmetic, seed: 8)
    for choice in Self.choices {
      try withCompute(choice, arithmetic) { compute in
        let one = problem.run(compute, batch: 1)
        let many = Array(problem.run(compute).prefix(40))
        #expect(relativeError(many, one) < 1e-6, "\(type) \(arithmetic) \(choice)")
      }
    }
  }

  /// The root of the mean squared difference in units of `scale`, which float64 can square.
  private func scaledError(_ a: [Float], _ b: [Float], scale: Double) -> Double {
    guard a.count == b.count, a.allSatisfy(\.isFinite) else { return .infinity }
    let terms = zip(a, b).map { x, y in
      let difference = (Double(x) - Double(y)) / scale
      return difference * difference
    }
    return (terms.reduce(0, +) / Double(max(1, terms.count))).squareRoot() / 8
  }
}
