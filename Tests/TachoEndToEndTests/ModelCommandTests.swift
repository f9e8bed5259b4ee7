// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

extension EndToEnd {
  /// From a synthesised model to text, ids and logits.
  @Suite struct ModelCommandTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    private struct Info: Decodable {
      let architecture: String
      let layers: Int
      let parameters: Int
      let synthetic: Bool
      let syntheticSeed: Int
      let fileBytes: Int
      let types: [Share]
      struct Share: Decodable { let type: String }
    }

    private func info(_ file: String) throws -> Info {
      try JSONDecoder().decode(
        Info.self, from: Data(try place.expect("model", "info", "--json", file).utf8))
    }

    private func logits(_ model: String, _ out: String) throws -> FloatArray {
      try place.expect(
        "logits", "-m", model, "--ids", "1,15,7", "--out", out, "--set", "engine.activations=f32")
      return try FloatArray(npy: place.path(out))
    }

    @Test(arguments: ["llama", "qwen2", "qwen3"])
    func synthesisedModelSpeaks(architecture: String) throws {
      let file = "a.gguf"
      try place.expect(
        "model", "synth", "--shape", "tiny-\(architecture)", "--format", "f32", "--seed", "7", file)
      let described = try info(file)
      #expect(described.architecture == architecture && described.layers == 2)
      #expect(described.synthetic && described.syntheticSeed == 7)
      #expect(described.types.map(\.type) == ["f32"])
      #expect(try place.expect("model", "info", file).contains("random weights"))

      let told = try place.tacho("generate", "-m", file, "-p", "Once upon a time", "-n", "6")
      #expect(told.code == 0 && told.output.count > 1, "\(told)")
      #expect(told.errors.contains("prefill") && told.errors.contains("tok/s"), "\(told)")
      let again = try place.tacho(
        "generate", "-m", file, "-p", "-", "-n", "6", "-t", "1", "--quiet",
        input: "Once upon a time")
      #expect(again.output == told.output && again.errors.isEmpty, "\(again)")

      let line = try place.expect("tokenize", "-m", file, input: "Once upon\na time")
      #expect(line.hasSuffix("\n") && line.filter { $0 == "\n" }.count == 1)
      let ids = line.split { $0 == " " || $0 == "\n" }.map { Int($0) ?? -1 }
      #expect(!ids.isEmpty && ids.allSatisfy { (0..<512).contains($0) }, "\(line)")

      let first = try logits(file, "first.npy")
      #expect(first.shape == [3, 512])
      #expect(first.values.allSatisfy(\.isFinite) && Set(first.values).count > 1000)
      #expect(
        try logits(file, "second.npy").values.map(\.bitPattern) == first.values.map(\.bitPattern))
    }

    /// Relative errors of the logits seen with these weights, and half as much again.
    static let tolerances: [(format: String, error: Double)] = [
      ("f16", 0.0012), ("bf16", 0.01), ("q8_0", 0.025), ("q6_k", 0.1), ("q5_k", 0.2),
      ("q4_k", 0.4), ("q4_0", 0.43),
    ]

    @Test func quantisedModelsStayNear() throws {
      try place.expect("model", "synth", "--shape", "tiny-llama", "--format", "f32", "a.gguf")
      let source = try logits("a.gguf", "a.npy")
      let bytes = try info("a.gguf").fileBytes
      for (format, tolerance) in Self.tolerances {
        try place.expect("model", "quantize", "--format", format, "a.gguf", "b.gguf")
        let described = try info("b.gguf")
        #expect(described.types.map(\.type).contains(format) && described.fileBytes < bytes)
        let error = try logits("b.gguf", "b.npy").relativeError(to: source)
        #expect(error > 0 && error < tolerance, "\(format): \(error)")
      }
    }

    @Test func equalSeedsGiveEqualFiles() throws {
      for (file, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
        try place.expect("model", "synth", "--shape", "tiny-qwen3", "--seed", seed, file)
      }
      let files = try ["a", "b", "c"].map {
        try Data(contentsOf: URL(fileURLWithPath: place.path($0)))
      }
      #expect(files[0] == files[1] && files[0] != files[2])
    }

    /// A wrong id must not leave half a file behind.
    @Test func refusedLogitsWriteNothing() throws {
      try place.expect("model", "synth", "--shape", "tiny-llama", "a.gguf")
      for ids in ["1,9999", "1,x", "", "1,-5", "3000000000"] {
        let result = try place.tacho("logits", "-m", "a.gguf", "--ids=\(ids)", "--out", "l.npy")
        #expect(result.code == 2 && result.errors.contains("--ids"), "\(ids): \(result)")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: place.directory)
      #expect(!left.contains { $0.hasPrefix("l.npy") }, "\(left)")
    }
  }
}
