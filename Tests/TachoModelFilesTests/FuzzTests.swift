// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels
import TachoModelFiles
import Testing

/// Damaged files either load or give a `ModelFileError`; whatever loads can be read to the last byte.
///
/// `TACHO_FUZZ_COUNT` sets the number of files over all tests (2,000), `TACHO_FUZZ_SEED` their seed.
@Suite struct FuzzTests {
  private static func setting(_ name: String, default value: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
  }

  static let seed = UInt64(truncatingIfNeeded: setting("TACHO_FUZZ_SEED", default: 1))
  static let count = setting("TACHO_FUZZ_COUNT", default: 2000)

  /// Runs `load` on `share` of the damaged files; counts those that loaded.
  private func fuzz(
    _ what: String, share: Double, seeds: [[UInt8]], header: Int,
    load: ([UInt8]) throws -> Void
  ) throws {
    var random = SeededGenerator(Self.seed)
    let total = max(1, Int(Double(Self.count) * share))
    var loaded = 0
    for number in 0..<total {
      let original = seeds[number % seeds.count]
      let bytes = Mutation.mutate(original, header: header, using: &random)
      do {
        try load(bytes)
        loaded += 1
      } catch let error as ModelFileError {
        #expect(!error.message.isEmpty)
      } catch {
        Issue.record("\(what) file \(number) of seed \(Self.seed) gave \(error)")
      }
    }
    print("fuzz: \(what): \(total) files of seed \(Self.seed), \(loaded) loaded")
    for original in seeds { try load(original) }
  }

  private func readEverything(_ file: GGUFFile) throws {
    var sum = 0
    for key in file.metadata.keys {
      guard case .array(let array)? = file.metadata[key] else { continue }
      sum &+= (array.byteStrings?.count ?? 0) &+ (array.strings?.count ?? 0)
      sum &+= (array.ints?.count ?? 0) &+ (array.floats?.count ?? 0) &+ (array.bools?.count ?? 0)
    }
    for tensor in file.tensors {
      let bytes = file.bytes(of: tensor)
      #expect(bytes.count == tensor.byteCount)
      sum &+= bytes.reduce(0) { $0 &+ Int($1) }
      let count = min(tensor.elementCount, 1024) / tensor.type.blockCount * tensor.type.blockCount
      sum &+= FormatTests.dequantize(tensor.type, bytes, count).count
    }
    _ = try ModelSummary(file, listsTensors: true).text.count
    withExtendedLifetime(sum) {}
  }

  @Test func gguf() throws {
    let folder = try TemporaryDirectory()
    let shape = try ModelShapes.shape(
      "custom:hidden=32,layers=1,heads=2,head_dim=16,ffn=32,vocab=300,arch=qwen2")
    try ModelSynthesizer.synthesize(shape: shape, format: .q4_1, seed: 1, to: folder.file("m"))
    let seeds = [GGUFFileTests.sample().bytes, try folder.read("m")]
    try fuzz("gguf", share: 0.6, seeds: seeds, header: 600) { bytes in
      try readEverything(GGUFFile(MappedFile(copying: bytes, name: "fuzz.gguf")))
    }
  }

  @Test func safetensors() throws {
    let seed = SafetensorsTests.bytes(
      SafetensorsTests.header, data: [UInt8](repeating: 7, count: 24))
    try fuzz("safetensors", share: 0.2, seeds: [seed], header: 300) { bytes in
      let file = try SafetensorsFile(MappedFile(copying: bytes, name: "fuzz.safetensors"))
      for name in file.names {
        // An integer tensor is no damage: it only may not be asked for as weights.
        guard name != "ids", let tensor = try file.tensor(named: name) else { continue }
        #expect(file.bytes(of: tensor).count == tensor.byteCount)
        _ = file.bytes(of: tensor).reduce(0) { $0 &+ Int($1) }
      }
    }
  }

  @Test func safetensorsIndex() throws {
    let folder = try TemporaryDirectory()
    try folder.write(
      SafetensorsTests.bytes(
        #"{"x":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}"#, data: [1, 2]),
      to: "1.safetensors"
    )
    let index = Array(
      #"{"metadata":{"total_size":2},"weight_map":{"x":"1.safetensors"}}"#.utf8)
    try fuzz("index", share: 0.1, seeds: [index], header: 70) { bytes in
      try folder.write(bytes, to: "model.safetensors.index.json")
      _ = try SafetensorsFile(path: folder.path).tensor(named: "x")
    }
  }

  @Test func configuration() throws {
    let seed = Array(HFConfigTests.json(HFConfigTests.llama).utf8)
    try fuzz("config.json", share: 0.1, seeds: [seed], header: 500) { bytes in
      _ = try HFConfig(MappedFile(copying: bytes, name: "config.json"))
    }
  }
}
