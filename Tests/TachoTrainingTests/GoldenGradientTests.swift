// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoTraining
import Testing

/// Losses and gradients against PyTorch's; how they were made is in `Golden/README.md`.
@Suite struct GoldenGradientTests {
  /// What `make_golden.py` wrote.
  struct Golden: Decodable {
    struct Shape: Decodable {
      let vocabulary, width, layers, heads, kv_heads, head_dim, ffn, context: Int
      let channel: String
      let tied: Bool
      let rope_base, norm_epsilon: Double
      let exits: [Int]
      let exit_norms: Bool?
      let experts, experts_per_token: Int?
    }
    let shape: Shape
    let tokens, targets, positions: [Int32]
    let weights: [Float]
    let lengths: [Int]
    let masks: [[Int]?]
    let scale, balance, distillation, temperature, main, balance_loss: Double
    let exit_weights, exits: [Double]
    let teacher: [Double]?
    let logits: [Double]

    func trainingShape() throws -> TrainingShape {
      var result = TrainingShape(
        vocabulary: shape.vocabulary, width: shape.width, layers: shape.layers, heads: shape.heads,
        kvHeads: shape.kv_heads, headDimension: shape.head_dim, feedForward: shape.ffn,
        contextLength: shape.context)
      result.channel = try #require(TrainingShape.Channel(rawValue: shape.channel))
      result.isTied = shape.tied
      result.ropeBase = shape.rope_base
      result.normEpsilon = shape.norm_epsilon
      result.exits = shape.exits
      result.hasExitNorms = shape.exit_norms ?? false
      result.experts = shape.experts ?? 0
      result.expertsPerToken = shape.experts_per_token ?? 0
      return result
    }

    func batch() throws -> PackedSequences {
      var batch = PackedSequences(capacity: tokens.count, longest: lengths.max() ?? 1)
      var first = 0
      for (length, mask) in zip(lengths, masks) {
        let range = first..<first + length
        if let mask {
          try batch.append(
            tokens: Array(tokens[range]), targets: Array(targets[range]),
            weights: Array(weights[range]), positions: Array(positions[range]),
            mask: mask.map { $0 != 0 })
        } else {
          try batch.append(
            tokens: Array(tokens[range]), targets: Array(targets[range]),
            weights: Array(weights[range]))
        }
        first += length
      }
      return batch
    }
  }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")

  /// The numbers of a one-dimensional `.npy` file of little-endian floats of this type.
  static func numbers<Number: BitwiseCopyable>(_ name: String, _ type: Number.Type) throws
    -> [Number]
  {
    let data = try Data(contentsOf: folder.appendingPathComponent(name))
    let header = 10 + Int(data[8]) + Int(data[9]) << 8
    return data.dropFirst(header).withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Number>.size).map {
        bytes.loadUnaligned(fromByteOffset: MemoryLayout<Number>.size * $0, as: type)
      }
    }
  }

  @Test(arguments: ["dense", "squared_relu", "experts", "distilled"])
  func agreesWithPyTorch(_ name: String) throws {
    let file = Self.folder.appendingPathComponent("\(name).json")
    let golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    let parameters = try Self.numbers("\(name).parameters.npy", Float.self)
    let expected = try Self.numbers("\(name).gradients.npy", Double.self)
    try check(golden, name, parameters.map(Double.init), expected, tolerance: 1e-10, isa: .ref)
    for isa in VariantTests.isas {
      try check(golden, name, parameters, expected, tolerance: 1e-4, isa: isa)
    }
  }

  private func check<Scalar: TrainingScalar>(
    _ golden: Golden, _ name: String, _ parameters: [Scalar], _ expected: [Double],
    tolerance: Double, isa: ISA
  ) throws {
    let layout = try ParameterLayout(golden.trainingShape())
    try #require(parameters.count == layout.count && expected.count == layout.trainedCount)
    let batch = try golden.batch()
    let pass = try DecoderPass<Scalar>(
      layout, capacity: batch.count, longest: batch.longest, isa: isa)
    try pass.forward(batch, parameters)
    let vocabulary = layout.shape.vocabulary
    var logits = [Scalar](repeating: 0, count: batch.count * vocabulary)
    pass.copyLogits(batch, parameters, to: &logits)
    let last = logits.suffix(vocabulary).map { Double($0) }
    var gradients = [Scalar](repeating: 0, count: layout.trainedCount)
    var teacher = (golden.teacher ?? []).map { Scalar($0) }
    let terms = teacher.withUnsafeMutableBufferPointer { teacher in
      pass.backward(
        batch, parameters, &gradients,
        PassGoal(
          scale: Scalar(golden.scale), exitWeights: golden.exit_weights, balance: golden.balance,
          teacher: golden.teacher == nil ? nil : teacher.baseAddress,
          distillation: golden.distillation, temperature: golden.temperature))
    }
    func differs(_ a: [Double], _ b: [Double]) -> Double {
      let largest = b.map { abs($0) }.max() ?? 1
      return (zip(a, b).map { abs($0 - $1) }.max() ?? 0) / max(largest, 1e-6)
    }
    let what = "\(name), \(Scalar.self), \(isa.name)"
    #expect(differs(last, golden.logits) < tolerance, "\(what): logits")
    #expect(differs([terms.main], [golden.main]) < tolerance, "\(what): loss")
    #expect(differs(terms.exits, golden.exits) < tolerance, "\(what): exits")
    if layout.shape.experts > 0 {
      #expect(differs([terms.balance], [golden.balance_loss]) < tolerance, "\(what): balance")
    }
    for tensor in layout.tensors {
      let range = tensor.offset..<tensor.offset + tensor.count
      let error = differs(gradients[range].map { Double($0) }, Array(expected[range]))
      #expect(error < tolerance, "\(what): \(tensor.name)")
    }
  }
}
