// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels
import Testing

/// Every variant of every kernel against the reference, on random data with the seed in the message.
@Suite struct KernelVariantTests {
  static let variants = KernelChoice.runnable.filter { $0 != KernelChoice(.ref) }
  static let quantized = ElementType.allCases.filter(\.isQuantized)

  @Test(arguments: quantized, variants)
  func quantizedMatmulAgreesWithReference(_ type: ElementType, _ choice: KernelChoice) throws {
    for (seed, columns) in ([256, 768, 1536] + legacyColumns(type)).enumerated() {
      // The reference is slow: many shapes on short rows, a few on long ones.
      for batch in columns > 576 ? [1, 4, 17] : [1, 2, 3, 4, 5, 16, 17, 40] {
        var random = TestRandom(seed: UInt64(seed * 100 + batch))
        let rows = 37
        let weights = try random.weights(type, rows: rows, columns: columns)
        let input = (0..<batch * columns).map { _ in random.normal() }
        let expected = try multiply(weights, input, batch, with: KernelChoice(.ref), .auto)
        let actual = try multiply(weights, input, batch, with: choice, .auto)
        let error = relativeError(actual, expected)
        #expect(error < 2e-6, "\(type) \(choice) columns \(columns) batch \(batch) seed \(seed)")
      }
    }
  }

  @Test(arguments: ElementType.allCases, variants)
  func floatMatmulAgreesWithReference(_ type: ElementType, _ choice: KernelChoice) throws {
    for columns in [256, 768] + legacyColumns(type) {
      for batch in columns > 576 ? [1, 17] : [1, 3, 5, 16, 33] {
        var random = TestRandom(seed: UInt64(columns + batch))
        let weights = try random.weights(type, rows: 29, columns: columns)
        let input = (0..<batch * columns).map { _ in random.normal() }
        let expected = try multiply(weights, input, batch, with: KernelChoice(.ref), .f32)
        let actual = try multiply(weights, input, batch, with: choice, .f32)
        let error = relativeError(actual, expected)
        #expect(error < 2e-6, "\(type) \(choice) columns \(columns) batch \(batch)")
      }
    }
  }

  @Test(arguments: quantized)
  func int8ActivationsStayWithinTheirRounding(_ type: ElementType) throws {
    var random = TestRandom(seed: 7)
    let weights = try random.weights(type, rows: 64, columns: 1024)
    let input = (0..<1024).map { _ in random.normal() }
    let exact = try multiply(weights, input, 1, with: KernelChoice(ISA.best), .f32)
    let rounded = try multiply(weights, input, 1, with: KernelChoice(ISA.best), .q8)
    // A step is max / 127 of a block of 32 normal numbers: an error of about 0.6% of the norm.
    let error = relativeError(rounded, exact)
    #expect(error < 0.03 && error > 1e-5, "\(type): \(error)")
  }

  @Test(arguments: variants, [1, 7, 16, 33, 576, 4096])
  func elementwiseKernelsAgreeWithReference(_ choice: KernelChoice, _ count: Int) throws {
    var random = TestRandom(seed: UInt64(count))
    let x = (0..<count).map { _ in 8 * random.normal() }
    let weight = (0..<count).map { _ in random.normal() }
    let reference = try KernelTable(isa: .ref)
    let variant = try choice.table()
    func run(_ body: (KernelTable, inout [Float]) -> Void) {
      var expected = x
      var actual = x
      body(reference, &expected)
      body(variant, &actual)
      #expect(relativeError(actual, expected) < 1e-6)
    }
    run { kernels, values in
      let source = values
      kernels.rmsnorm(source, weight, &values, count, 1e-5)
    }
    run { kernels, values in kernels.swiglu(&values, weight, count) }
    run { kernels, values in kernels.add(&values, weight, count) }
    for interleaved: Int32 in [0, 1] {
      run { kernels, values in kernels.rope(&values, weight, weight, count / 2, interleaved) }
    }
    #expect(variant.read(x, 4 * count / 8 * 8) == reference.read(x, 4 * count / 8 * 8))
    for copy in [variant.copy, variant.copyStream] {
      var target = [Float](repeating: 7, count: count + 2)
      target.withUnsafeMutableBytes { copy(x, $0.baseAddress! + 4, 4 * count) }
      #expect(target == [7] + x + [7])
    }
  }

  @Test func resultsDoNotDependOnTheThreadCount() throws {
    var random = TestRandom(seed: 3)
    for batch in [1, 4, 40] {
      let weights = try random.weights(.q4_k, rows: 301, columns: 512)
      let input = (0..<batch * 512).map { _ in random.normal() }
      let one = try multiply(weights, input, batch, with: KernelChoice(ISA.best), .auto, threads: 1)
      let many = try multiply(
        weights, input, batch, with: KernelChoice(ISA.best), .auto, threads: 5)
      #expect(one == many)
    }
  }

  private func legacyColumns(_ type: ElementType) -> [Int] {
    type.blockCount == 256 ? [] : [32, 96, 576]
  }

  private func multiply(
    _ weights: WeightMatrix, _ input: [Float], _ batch: Int, with choice: KernelChoice,
    _ format: ActivationFormat,
    threads: Int = 2
  ) throws -> [Float] {
    let pool = ThreadPool(threads: threads)
    defer { pool.shutDown() }
    let compute = Compute(pool: pool, kernels: try choice.table(), activations: format)
    return compute.product(weights, input, batch: batch)
  }
}

/// ||a - b|| / ||b||, in double.
func relativeError(_ a: [Float], _ b: [Float]) -> Double {
  var difference = 0.0
  var norm = 0.0
  for (x, y) in zip(a, b) {
    difference += (Double(x) - Double(y)) * (Double(x) - Double(y))
    norm += Double(y) * Double(y)
  }
  return a.count == b.count ? (difference / max(norm, 1e-30)).squareRoot() : .infinity
}
