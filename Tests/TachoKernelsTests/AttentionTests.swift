// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels
import Testing

/// Attention of every variant and KV format against float64.
@Suite struct AttentionTests {
  static let variants = KernelChoice.runnable

  /// Shapes with ragged lengths, every number of queries a register block may have, and more.
  static let shapes: [(head: Int, page: Int, visible: [Int])] = [
    (64, 16, [1]), (64, 64, [5, 200, 64]), (32, 32, [33, 1, 70, 96, 64]),
    (128, 256, [300, 299, 1, 257]), (96, 48, [150, 3, 149, 100, 64, 65, 80]),
    (64, 64, (0..<8).map { 130 - $0 }), (64, 128, (0..<9).map { 50 + 17 * $0 }),
    (32, 16, (0..<64).map { 1 + $0 * 2 }), (64, 80, [81, 160, 2, 17, 33, 79]),
  ]

  @Test(arguments: KVFormat.allCases, [false, true])
  func agreesWithFloat64(_ format: KVFormat, _ tree: Bool) throws {
    var shapes = Self.shapes
    if format.blockCount == 1 { shapes += [(16, 16, [20, 7]), (80, 64, [100, 33, 65, 1, 90])] }
    for (seed, shape) in shapes.enumerated() {
      let problem = try AttentionProblem(
        seed: UInt64(seed), headDimension: shape.head, pageTokens: shape.page,
        visible: shape.visible, format: format, tree: tree)
      let expected = problem.expected()
      let part = (63 / shape.page + 1) * shape.page
      for choice in Self.variants {
        let error = relativeError(try problem.run(choice), expected)
        #expect(error < 3e-6, "\(choice) \(format) shape \(seed) tree \(tree)")
        let merged = relativeError(try problem.run(choice, partTokens: part), expected)
        #expect(merged < 3e-6, "\(choice) \(format) shape \(seed) tree \(tree) in parts of \(part)")
      }
    }
  }

  @Test(arguments: variants, KVFormat.allCases)
  func partsAreTheWhole(_ choice: KernelChoice, _ format: KVFormat) throws {
    let problem = try AttentionProblem(
      seed: 20, headDimension: 64, pageTokens: 16, visible: [200, 65, 1, 199, 64, 128, 17, 100],
      format: format)
    let whole = try problem.run(choice)
    for part in [16, 64, 112, 208] {
      let error = relativeError(try problem.run(choice, partTokens: part), whole)
      #expect(error < 1e-6, "\(choice) \(format) parts of \(part)")
    }
  }

  /// A query that sees nothing gets zeros, alone and in company, whole and in parts.
  @Test(arguments: variants, KVFormat.allCases)
  func nothingVisibleIsZero(_ choice: KernelChoice, _ format: KVFormat) throws {
    for visible in [[0], [0, 90, 0], [70, 0] + [Int](repeating: 33, count: 9)] {
      let problem = try AttentionProblem(
        seed: 3, headDimension: 32, pageTokens: 64, visible: visible, format: format)
      for part in [nil, 64] {
        let result = try problem.run(choice, partTokens: part)
        for (query, seen) in visible.enumerated() {
          let row = result[query * 32..<(query + 1) * 32]
          #expect(row.allSatisfy { $0 == 0 } == (seen == 0), "\(choice) \(format) \(visible)")
        }
        #expect(relativeError(result, problem.expected()) < 3e-6)
      }
    }
  }

  /// Scores of tens of thousands, of subnormal size, and values at the ends of the range.
  @Test(arguments: variants, KVFormat.allCases)
  func extremesStayFinite(_ choice: KernelChoice, _ format: KVFormat) throws {
    for (query, data, bound) in [
      (Float(1e4), Float(1), 5e-2), (1e-38, 1e-3, 3e-6), (1e-30, 1e-20, 1e-3), (1, 1e4, 5e-2),
      (.leastNormalMagnitude / 64, 1, 3e-6),
    ] {
      let problem = try AttentionProblem(
        seed: 11, headDimension: 32, pageTokens: 16, visible: [40, 1, 33, 64], format: format,
        queryScale: query, dataScale: data)
      for part in [nil, 16] {
        let result = try problem.run(choice, partTokens: part)
        #expect(result.allSatisfy { $0.isFinite }, "\(choice) \(format) \(query) \(data)")
        // A score of 10^4 has an absolute error of 10^-3 in float32, and so has its weight's exponent.
        let error = relativeError(result, problem.expected())
        #expect(
          error < bound, "\(choice) \(format) queries \(query), data \(data), part \(part ?? 0)")
      }
    }
  }

  /// Pages are the same to the bit whichever variant wrote them, and decode to what was written.
  @Test(arguments: variants, KVFormat.allCases)
  func writesAgreeToTheBit(_ choice: KernelChoice, _ format: KVFormat) throws {
    let (head, page, heads) = (96, 16, 3)
    let headBytes = format.bytes(of: head * page)
    let reference = try KernelTable(isa: .ref).kvWrite(format)
    let kernel = try choice.table().kvWrite(format)
    var random = TestRandom(seed: 9)
    for scale: Float in [1, 1e-3, 1e4, 1e-7, .leastNormalMagnitude / 64, 0] {
      let buffers = (0..<4).map { _ in AlignedBuffer<UInt8>(count: heads * headBytes) }
      for slot in [0, 5, 15, 5] {
        var source = (0..<2 * heads * head).map { _ in scale * random.normal() }
        // Equal magnitudes of both signs, and numbers halfway between codes.
        for index in 0..<64 { source[index] = scale * Float(index % 16 - 8) * 0.5 }
        AttentionProblem.write(
          reference, source, buffers[0], buffers[1], headDimension: head, pageTokens: page,
          slot: slot)
        AttentionProblem.write(
          kernel, source, buffers[2], buffers[3], headDimension: head, pageTokens: page, slot: slot)
        let last = AttentionProblem.decode(
          UnsafeRawPointer(buffers[3].pointer) + 2 * headBytes, format, headDimension: head,
          pageTokens: page, slot: slot, transposed: false)
        let written = source.suffix(head)
        let error = relativeError(last.map(Float.init), Array(written))
        if scale >= 1e-3 { #expect(error < Self.roundingBound(format), "\(format) \(scale)") }
      }
      #expect(
        Array(buffers[2].buffer) == Array(buffers[0].buffer)
          && Array(buffers[3].buffer) == Array(buffers[1].buffer),
        "\(choice) \(format) of \(scale)")
    }
  }

  /// Relative error of normal numbers stored in a format.
  static func roundingBound(_ format: KVFormat) -> Double {
    switch format {
    case .f32: 1e-9
    case .f16: 4e-4
    case .bf16: 3e-3
    case .q8_0: 8e-3
    case .q4_0: 0.14
    }
  }

  /// What the formats cost: the figures of docs/formats.md, for normal keys, values and queries.
  @Test(arguments: [
    (KVFormat.f16, 1.5e-4...4e-4), (.bf16, 1.2e-3...3e-3), (.q8_0, 3e-3...9e-3),
    (.q4_0, 0.08...0.18),
  ])
  func storageErrorIsAsDocumented(_ format: KVFormat, _ range: ClosedRange<Double>) throws {
    func result(_ format: KVFormat) throws -> [Float] {
      try AttentionProblem(
        seed: 5, headDimension: 64, pageTokens: 64,
        visible: (0..<16).map { 512 - 5 * $0 }, format: format
      ).run(KernelChoice(ISA.best))
    }
    let error = relativeError(try result(format), try result(.f32))
    #expect(range.contains(error), "\(format): \(error)")
    print("storage error \(format.rawValue): \(error)")
  }
}
