// SPDX-License-Identifier: Apache-2.0
import TachoTasks
import TachoTraining
import Testing

/// Gradients of whole small models against central differences in float64.
@Suite struct ModelGradientTests {
  /// A model, a batch and what is to be learnt.
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    var adjust: @Sendable (inout TrainingShape) -> Void = { _ in }
    var adapters: AdapterSettings?
    var masked = false
    var skipped: [Bool] = []
    var exitWeights: [Double] = []
    var balance = 0.0
    var distillation = 0.0
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "dense, grouped queries, tied"),
    Case(name: "untied", adjust: { $0.isTied = false }),
    Case(
      name: "one head, squared ReLU",
      adjust: {
        $0.channel = .squaredReLU; $0.heads = 1; $0.kvHeads = 1
      }),
    Case(
      name: "ReLU gate",
      adjust: {
        $0.channel = .reglu; $0.kvHeads = 4
      }),
    Case(name: "ReLU", adjust: { $0.channel = .relu }),
    Case(name: "arbitrary mask", masked: true),
    Case(
      name: "exits that share the norm",
      adjust: {
        $0.exits = [1, 2]; $0.layers = 3
      },
      exitWeights: [0.3, 0.6]),
    Case(
      name: "exits with norms, a layer left out",
      adjust: {
        $0.exits = [1]; $0.layers = 3; $0.hasExitNorms = true
      }, skipped: [false, true],
      exitWeights: [0.5]),
    Case(
      name: "experts, balanced",
      adjust: {
        $0.experts = 4; $0.expertsPerToken = 2
      }, balance: 0.7),
    Case(
      name: "one expert of three, plain",
      adjust: {
        $0.experts = 3; $0.expertsPerToken = 1; $0.channel = .squaredReLU
      }, balance: 0.1),
    Case(name: "distillation", distillation: 0.6),
    Case(
      name: "adapters on all",
      adapters: AdapterSettings(
        rank: 2, alpha: 3, targets: AdapterSettings.Target.allCases)),
    Case(
      name: "adapters beside experts",
      adjust: {
        $0.experts = 3; $0.expertsPerToken = 2
      },
      adapters: AdapterSettings(rank: 1, alpha: 1, targets: [.query, .value])),
  ]

  @Test(arguments: cases, [1, 2] as [UInt64]) func agreesWithDifferences(
    _ example: Case, seed: UInt64
  ) throws {
    var random = CounterRandom(seed: seed, stream: example.name)
    var shape = TrainingShape(
      vocabulary: 11, width: 8, layers: 2, heads: 4, kvHeads: 2, headDimension: 4, feedForward: 10,
      contextLength: 16)
    shape.ropeBase = 100
    example.adjust(&shape)
    let layout = try ParameterLayout(shape, adapters: example.adapters)
    let pass = try DecoderPass<Double>(layout, capacity: 24, longest: 12)
    var batch = PackedSequences(capacity: 24, longest: 12)
    for length in [7, 1, 5] { try batch.append(length, example.masked, shape, &random) }
    let parameters = random.numbers(layout.count, scale: 0.4)
    let teacher = random.numbers(batch.count * shape.vocabulary)

    func goal(_ teacher: UnsafeMutablePointer<Double>?) -> PassGoal<Double> {
      PassGoal(
        scale: 0.5, exitWeights: example.exitWeights, balance: example.balance,
        skipped: example.skipped, teacher: example.distillation > 0 ? teacher : nil,
        distillation: example.distillation, temperature: 1.5)
    }
    func objective(_ parameters: [Double], addedTo before: [Double]? = nil) throws -> (
      Double, [Double]
    ) {
      var gradients = before ?? [Double](repeating: 0, count: layout.trainedCount)
      var teaching = teacher
      try pass.forward(batch, parameters, skipped: example.skipped)
      let terms = teaching.withUnsafeMutableBufferPointer {
        pass.backward(batch, parameters, &gradients, goal($0.baseAddress))
      }
      let exits = zip(terms.exits, example.exitWeights).reduce(0) { $0 + $1.0 * $1.1 }
      return (0.5 * (terms.main + exits) + example.balance * terms.balance, gradients)
    }

    let (value, gradients) = try objective(parameters)
    #expect(value.isFinite && value > 0)
    let twice = try objective(parameters, addedTo: gradients).1
    #expect(
      zip(twice, gradients).allSatisfy { abs($0 - 2 * $1) <= 1e-12 * max(1, abs($1)) },
      "\(example.name), seed \(seed): a pass adds its gradients")
    for tensor in layout.tensors where tensor.offset < layout.trainedCount {
      // Some of each tensor, and all of the small ones.
      let places = (0..<min(12, tensor.count)).map { index in
        tensor.offset + (tensor.count <= 12 ? index : random.below(tensor.count))
      }
      let error = try DifferenceQuotient.error(
        of: gradients, at: parameters, sampled: places
      ) { try objective($0).0 }
      #expect(
        error < DifferenceQuotient.tolerance, "\(example.name), seed \(seed): \(tensor.name)")
    }
  }
}

extension PackedSequences {
  /// A random sequence of `length` tokens, some of which have no target.
  mutating func append(
    _ length: Int, _ masked: Bool, _ shape: TrainingShape, _ random: inout CounterRandom
  ) throws {
    let tokens = (0..<length).map { _ in Int32(random.below(shape.vocabulary)) }
    let targets = (0..<length).map { _ in Int32(random.below(shape.vocabulary + 2) - 2) }
    let weights = (0..<length).map { _ in Float(random.below(4)) / 2 }
    guard masked else {
      try append(tokens: tokens, targets: targets, weights: weights)
      return
    }
    let mask = (0..<length * length).map { $0 / length == $0 % length || random.below(2) == 0 }
    try append(
      tokens: tokens, targets: targets, weights: weights,
      positions: tokens.indices.map { _ in Int32(random.below(shape.contextLength)) }, mask: mask)
  }
}
