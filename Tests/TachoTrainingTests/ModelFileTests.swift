// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoModelFiles
import TachoTasks
import TachoTokenizers
import TachoTraining
import Testing

/// Exported models: the engine reads them and computes what training did.
@Suite struct ModelFileTests {
  /// Tokens that a trained model and a written one are compared on.
  static func tokens(_ count: Int, seed: UInt64) -> [Int32] {
    var random = CounterRandom(seed: seed, stream: "tokens")
    return (0..<count).map { _ in Int32(random.number(0...257)) }
  }

  static func trainingLogits(_ model: TrainingModel, _ tokens: [Int32]) throws -> [Float] {
    let pass = try DecoderPass<Float>(model.layout, capacity: 64, longest: 64)
    var batch = PackedSequences(capacity: 64, longest: 64)
    try batch.append(tokens: tokens, targets: tokens, weights: tokens.map { _ in 1 })
    let parameters = model.parameters.pointer
    try pass.forward(batch, parameters)
    var logits = [Float](repeating: 0, count: tokens.count * model.layout.shape.vocabulary)
    pass.copyLogits(batch, parameters, to: &logits)
    return logits
  }

  static func engineLogits(_ path: String, _ tokens: [Int32]) throws -> [Float] {
    var configuration = EngineConfiguration()
    configuration.activations = .f32
    configuration.kvFormat = .f32
    configuration.threads = 1
    let transformer = try Transformer(ModelLoader.load(path: path), configuration)
    let store = transformer.makeStore()
    var batch = TokenBatch()
    batch.append(tokens, to: store.makeSequence(), at: 0, wantsLogits: .all)
    return Array(try transformer.forward(batch, store))
  }

  static func largestError(_ a: [Float], _ b: [Float]) -> Float {
    a.count == b.count ? zip(a, b).map { abs($0 - $1) }.max() ?? .infinity : .infinity
  }

  @Test(arguments: [ElementType.f32, .f16], [true, false])
  func engineAgreesWithTraining(type: ElementType, tied: Bool) throws {
    let folder = try TrainerTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("m.gguf").path
    let trainer = try TinyTraining.trainer { _, shape in
      shape.isTied = tied
      shape.heads = 4
      shape.kvHeads = 2
    }
    try trainer.advance(steps: 6)
    try ModelExport.write(trainer.model, name: "tiny", type: type, to: path)
    let read = try TrainingModel(gguf: GGUFFile(path: path))
    #expect(read.layout.tensors == trainer.model.layout.tensors)
    let tokens = Self.tokens(40, seed: 3)
    let logits = try Self.trainingLogits(read, tokens)
    let error = Self.largestError(try Self.engineLogits(path, tokens), logits)
    #expect(error < 1e-4, "\(type.name), tied \(tied)")
    let rounding = Self.largestError(try Self.trainingLogits(trainer.model, tokens), logits)
    #expect(type == .f32 ? rounding == 0 : rounding < 2e-2, "\(type.name)")
  }

  @Test func vocabularyIsTheBytes() throws {
    let folder = try TrainerTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("m.gguf").path
    try ModelExport.write(
      TrainingModel(TinyTraining.shape(), seed: 1), name: "tiny",
      facts: [("tacho.score.recall", .float32(0.5))], to: path)
    let tokenizer = try Tokenizers.load(modelPath: path)
    #expect(tokenizer.vocabularySize == ByteVocabulary.size)
    var text = (0..<256).map { UInt8($0) }
    text += Array("R ab=17 ?ab>".utf8)
    let ids = tokenizer.encode(bytes: text, addSpecial: true, parseSpecial: false)
    #expect(ids == [ByteVocabulary.begin] + text.map { Int32($0) })
    #expect(tokenizer.decode(ids) == text)
    #expect(tokenizer.isEndOfGeneration(ByteVocabulary.end))
    #expect(!tokenizer.isEndOfGeneration(10))
    #expect(try GGUFFile(path: path).metadata.double("tacho.score.recall") == 0.5)
  }

  @Test func adaptersTrainBesideAFrozenModelAndMerge() throws {
    let folder = try TrainerTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let base = try TrainingModel(TinyTraining.shape(), seed: 1)
    let adapted = try base.adapted(
      AdapterSettings(rank: 3, alpha: 6, targets: AdapterSettings.Target.allCases), seed: 2)
    let tokens = Self.tokens(30, seed: 4)
    let before = try Self.trainingLogits(base, tokens)
    #expect(try Self.trainingLogits(adapted, tokens) == before, "new adapters change nothing")
    let layout = adapted.layout
    #expect(layout.trainedCount > 0 && layout.trainedCount < layout.count / 2)
    func frozen() -> [Float] { Array(adapted.parameters.buffer[layout.trainedCount...]) }
    let held = frozen()
    let trainer = try Trainer(adapted, TinyTraining.settings(), data: TinyTraining.data())
    let losses = try trainer.advance(steps: 12)
    #expect(losses[11] < losses[0], "\(losses)")
    #expect(frozen() == held)
    let after = try Self.trainingLogits(adapted, tokens)
    #expect(Self.largestError(after, before) > 0.05)
    let merged = try Self.trainingLogits(adapted.merged(), tokens)
    #expect(Self.largestError(merged, after) < 1e-4)
    #expect(throws: TrainingError.self) {
      try ModelExport.write(
        adapted, name: "x", to: folder.appendingPathComponent("x.gguf").path)
    }
  }

  @Test func expertsAndSquaredReLUFollowTheConventions() throws {
    let folder = try TrainerTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("m.gguf").path
    var shape = TinyTraining.shape()
    (shape.experts, shape.expertsPerToken, shape.exits) = (4, 2, [1])
    let experts = try TrainingModel(shape, seed: 3)
    try ModelExport.write(experts, name: "experts", type: .f32, to: path)
    let file = try GGUFFile(path: path)
    #expect(try file.metadata.int("llama.expert_count") == 4)
    #expect(try file.metadata.int("llama.expert_used_count") == 2)
    // Row length, rows, experts: as GGUF counts dimensions.
    #expect(file.tensor(named: "blk.0.ffn_gate_exps.weight")?.dimensions == [32, 64, 4])
    #expect(file.tensor(named: "blk.1.ffn_down_exps.weight")?.dimensions == [64, 32, 4])
    #expect(file.tensor(named: "blk.0.ffn_gate_inp.weight")?.dimensions == [32, 4])
    let tokens = Self.tokens(20, seed: 5)
    let read = try TrainingModel(gguf: file)
    #expect(
      try Self.trainingLogits(read, tokens) == Self.trainingLogits(experts, tokens))

    shape = TinyTraining.shape()
    shape.channel = .squaredReLU
    try ModelExport.write(TrainingModel(shape, seed: 3), name: "relu", to: path)
    let plain = try GGUFFile(path: path)
    #expect(try plain.metadata.string("general.architecture") == "arcee")
    #expect(plain.tensor(named: "blk.0.ffn_gate.weight") == nil)
    #expect(try TrainingModel(gguf: plain).layout.shape.channel == .squaredReLU)
    shape.channel = .reglu
    #expect(throws: TrainingError.self) {
      try ModelExport.write(TrainingModel(shape, seed: 3), name: "reglu", to: path)
    }
  }
}

/// What a score counts is what the engine writes.
@Suite struct GreedyScoreTests {
  /// What the engine writes after a prompt, greedily, up to the end of the line.
  static func answer(_ prompt: String, _ transformer: Transformer) throws -> String {
    let store = transformer.makeStore()
    var sampler = try Sampler(Configuration(["sampler.temperature": 0.0]))
    var written: [Int32] = []
    try Decoders.make(Configuration()).generate(
      prompt: [ByteVocabulary.begin] + ByteVocabulary.encode(prompt), limit: 30,
      sampler: &sampler,
      context: DecodingContext(
        transformer: transformer, store: store, sequence: store.makeSequence())
    ) { tokens in
      written += tokens
      return !tokens.contains(10) && !tokens.contains(ByteVocabulary.end)
    }
    return String(decoding: ByteVocabulary.decode(written), as: UTF8.self)
  }

  @Test func greedyAnswersAreTheOnesThatScoresCount() throws {
    let folder = try TrainerTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("m.gguf").path
    // One letter after another: some are learnt in a few steps, some are not.
    let lists = try TaskFamilies.make(
      "lists",
      Configuration([
        "lists.operation": "sort", "lists.alphabet": 2, "lists.least_length": 1, "lists.length": 5,
      ]))
    let source = TaskSource(lists, split: .train, seed: 1)
    var settings = TinyTraining.settings()
    settings.steps = 60
    let trainer = try Trainer(
      TrainingModel(TinyTraining.shape(), seed: 1), settings,
      data: MixtureData([.init(source, weight: 1)], seed: 1, promptWeight: 0.1))
    try trainer.advance(steps: 60)
    try ModelExport.write(trainer.model, name: "tiny", type: .f32, to: path)
    let pass = try DecoderPass<Float>(trainer.model.layout, capacity: 256, longest: 64)
    let count = 40
    let score = try HeldOutScore(trainer.model, source, count: count, pass: pass)
    var configuration = EngineConfiguration()
    (configuration.activations, configuration.kvFormat, configuration.threads) = (.f32, .f32, 1)
    let transformer = try Transformer(ModelLoader.load(path: path), configuration)
    let exact = try (0..<count).filter { index in
      let item = try source.item(index)
      let output = try Self.answer(item.prompt, transformer)
      return TaskVerifier.judge(output, of: item).outcome == .correct
    }.count
    #expect(exact == score.exact)
    #expect((1..<count).contains(exact), "\(exact) of \(count): neither all nor none tell more")
  }
}
