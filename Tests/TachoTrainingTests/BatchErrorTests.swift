// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoModelFiles
import TachoTraining
import Testing

/// Batches and shapes that cannot be are refused in words, before any memory is touched.
@Suite struct BatchErrorTests {
  static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "none"
    } catch { return "\(error)" }
  }

  @Test func batchesThatDoNotFit() throws {
    var batch = PackedSequences(capacity: 8, longest: 6)
    func append(_ count: Int, targets: Int? = nil, mask: [Bool]? = nil) -> String {
      Self.message {
        let tokens = [Int32](repeating: 1, count: count)
        let targets = [Int32](repeating: 1, count: targets ?? count)
        let weights = [Float](repeating: 1, count: count)
        if let mask {
          try batch.append(
            tokens: tokens, targets: targets, weights: weights, positions: tokens, mask: mask)
        } else {
          try batch.append(tokens: tokens, targets: targets, weights: weights)
        }
      }
    }
    #expect(append(0).contains("at least one"))
    #expect(append(3, targets: 2).contains("3 tokens, 2 targets"))
    #expect(append(7).contains("the longest may have 6"))
    #expect(append(2, mask: [true]).contains("their square"))
    #expect(
      append(2, mask: [true, false, false, false]).contains("token 1 of the sequence sees nothing"))
    #expect(batch.count == 0)
    #expect(append(5) == "none")
    #expect(append(4).contains("there is room for 3"))
    #expect(batch.count == 5 && batch.weight == 5 && batch.sequences == [0..<5])
    batch.removeAll()
    #expect(batch.count == 0 && batch.room == 8)
  }

  @Test func tokensAndPositionsOutOfRange() throws {
    let layout = try ParameterLayout(TinyTraining.shape())
    let pass = try DecoderPass<Float>(layout, capacity: 8, longest: 8)
    let parameters = [Float](repeating: 0, count: layout.count)
    func run(token: Int32 = 1, target: Int32 = 1, position: Int32 = 0, capacity: Int = 8) -> String
    {
      Self.message {
        var batch = PackedSequences(capacity: capacity, longest: capacity)
        try batch.append(
          tokens: [token], targets: [target], weights: [1], positions: [position], mask: [true])
        try pass.forward(batch, parameters)
      }
    }
    #expect(run() == "none")
    #expect(run(target: -1) == "none")
    #expect(run(token: -1).contains("token 0 is -1"))
    #expect(run(token: 272).contains("the vocabulary has 272"))
    #expect(run(target: 272).contains("with target 272"))
    #expect(run(position: 64).contains("at position 64"))
    #expect(run(position: -1).contains("at position -1"))
    #expect(run(capacity: 9).contains("memory for 8"))
    #expect(
      Self.message { _ = try DecoderPass<Float>(layout, capacity: 100, longest: 65) }
        .contains("a context of 64"))
  }

  @Test func shapesThatCannotBe() {
    func message(_ adjust: (inout TrainingShape) -> Void) -> String {
      Self.message {
        var shape = TinyTraining.shape()
        adjust(&shape)
        _ = try ParameterLayout(shape)
      }
    }
    #expect(message { $0.width = 0 }.contains("width is 0"))
    #expect(
      message {
        $0.heads = 3; $0.kvHeads = 2
      }.contains("3 heads cannot share 2"))
    #expect(message { $0.headDimension = 15 }.contains("needs it even"))
    #expect(message { $0.experts = 4 }.contains("0 experts per token of 4"))
    #expect(message { $0.exits = [2] }.contains("from 1 to 1"))
    #expect(message { $0.exits = [1, 1] }.contains("ascending"))
    #expect(message { $0.ropeBase = .infinity }.contains("rotary base"))
  }

  @Test func adaptersThatCannotBe() {
    func message(
      _ settings: AdapterSettings, _ adjust: (inout TrainingShape) -> Void = { _ in }
    ) -> String {
      Self.message {
        var shape = TinyTraining.shape()
        adjust(&shape)
        _ = try ParameterLayout(shape, adapters: settings)
      }
    }
    #expect(message(.init(rank: 0, alpha: 1, targets: [.query])).contains("rank is 0"))
    #expect(message(.init(rank: 1, alpha: 1, targets: [])).contains("one or more"))
    #expect(message(.init(rank: 1, alpha: 1, targets: [.key, .key])).contains("named once"))
    #expect(
      message(.init(rank: 1, alpha: 1, targets: [.gate])) { $0.channel = .squaredReLU }
        .contains("no gate"))
    #expect(
      message(.init(rank: 1, alpha: 1, targets: [.down])) {
        $0.experts = 2
        $0.expertsPerToken = 1
      }.contains("experts cannot have adapters"))
  }

  /// A header that promises more than the file holds is found before memory is reserved for it.
  @Test func filesThatAreNoModels() throws {
    let folder = try TrainerTests.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("m.gguf").path
    func read(_ adjust: (inout GGUFMetadata) -> Void) throws -> String {
      var metadata = GGUFMetadata()
      metadata["general.architecture"] = .string("llama")
      for (key, value) in [
        ("embedding_length", 32), ("attention.head_count", 2), ("block_count", 2),
        ("feed_forward_length", 64),
      ] { metadata["llama." + key] = .uint32(UInt32(value)) }
      adjust(&metadata)
      var writer = GGUFWriter(metadata: metadata)
      try writer.add("token_embd.weight", type: .f32, dimensions: [32, 8])
      try writer.write(to: path) { entry, sink in
        try [UInt8](repeating: 0, count: entry.byteCount).withUnsafeBytes {
          try sink.write($0, at: 0)
        }
      }
      return Self.message { _ = try TrainingModel(gguf: GGUFFile(path: path)) }
    }
    #expect(try read { _ in }.contains("lacks the tensor 'blk.0.attn_norm.weight'"))
    #expect(
      try read {
        $0["llama.block_count"] = .uint32(1000); $0["llama.feed_forward_length"] = .uint32(262_144)
      }
      .contains("lacks the tensor"))
    #expect(try read { $0["general.architecture"] = .string("qwen3") }.contains("llama and arcee"))
    #expect(try read { $0["llama.attention.head_count"] = .uint32(0) }.contains("0 heads"))
    #expect(
      try read { $0["llama.rope.scaling.type"] = .string("yarn") }.contains("scales its rotary"))
    #expect(try read { $0["llama.rope.dimension_count"] = .uint32(8) }.contains("rotates 8 of 16"))
    #expect(
      try read { $0["llama.embedding_length"] = .uint32(64) }.contains(
        "'token_embd.weight' is [32, 8]"))
  }
}
