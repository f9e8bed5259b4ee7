// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoEngine
import TachoKernels
import TachoModelFiles
import TachoTokenizers
import Testing

/// Damaged models either run or give an error that says why: no crash, no memory beyond reason, no
/// endless loop.
///
/// `TACHO_FUZZ_COUNT` sets the number of files (500), `TACHO_FUZZ_SEED` their seed. After a crash the
/// file that did it is left in the temporary directory as `tacho-engine-SEED-NUMBER`.
@Suite(.serialized) struct EngineFuzzTests {
  private static func setting(_ name: String, default value: Int) -> Int {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) } ?? value
  }

  static let seed = setting("TACHO_FUZZ_SEED", default: 1)
  static let count = setting("TACHO_FUZZ_COUNT", default: 500)

  @Test func gguf() throws {
    let sources = [
      "llama-rope-yarn-f16", "llama-rope-llama3-f16", "llama256-q2_k", "qwen2-f16",
    ].map { GoldenCases.path("gguf/\($0).gguf") }
    try fuzz("gguf", files: Self.count * 4 / 5) { number, mutation, path in
      try mutation.writeGGUF(sources[number % sources.count], to: path)
    }
    for source in sources { #expect(try run(source) == nil) }
  }

  @Test func huggingFace() throws {
    let sources = ["llama-rope-yarn", "llama-rope-llama3", "llama-rope-linear", "qwen3"].map {
      GoldenCases.path("hf/\($0)")
    }
    try fuzz("directory", files: Self.count / 5) { number, mutation, path in
      try self.writeDirectory(sources[number % sources.count], &mutation, to: path)
    }
    for source in sources { #expect(try run(source) == nil) }
  }

  /// Each dimension alone at its extremes, with the keys gone that would contradict it.
  @Test func extremeDimensionsAreErrors() throws {
    let file = try GGUFFile(path: GoldenCases.path("gguf/llama-rope-linear-f16.gguf"))
    let path =
      FileManager.default.temporaryDirectory.path + "/tacho-extreme-\(UUID().uuidString).gguf"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let memory = peakMemory()
    for key in [
      "attention.key_length", "embedding_length", "attention.head_count", "block_count",
      "attention.head_count_kv", "feed_forward_length", "context_length", "rope.dimension_count",
    ] {
      for value: UInt64 in [0, 1 << 31, 1 << 40, 1 << 62, UInt64(Int.max), .max] {
        for derived in [false, true] {
          var metadata = file.metadata
          metadata["llama.attention.value_length"] = nil
          metadata["llama.rope.dimension_count"] = nil
          if derived { metadata["llama.attention.key_length"] = nil }
          metadata["llama.\(key)"] = .uint64(value)
          try EngineMutation(random: RandomSource(seed: 0)).write(file, metadata, to: path) {
            $0.dimensions
          }
          #expect(try run(path) != nil, "\(key) = \(value)")
        }
      }
    }
    #expect(peakMemory() - memory < 256 << 20)
  }

  private func writeDirectory(
    _ source: String, _ mutation: inout EngineMutation, to path: String
  ) throws -> String {
    let manager = FileManager.default
    try manager.createDirectory(atPath: path, withIntermediateDirectories: true)
    let names = try manager.contentsOfDirectory(atPath: source).sorted()
    // Half of the damage is to the configuration, which the engine trusts most.
    let victim =
      mutation.random.below(2) == 0
      ? "config.json" : names[mutation.random.below(names.count)]
    for name in names {
      let (from, to) = ("\(source)/\(name)", "\(path)/\(name)")
      guard name == victim else {
        try manager.createSymbolicLink(atPath: to, withDestinationPath: from)
        continue
      }
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: from)))
      if name == "config.json", mutation.random.below(4) > 0 {
        bytes = Array(mutation.forgeJSON(String(decoding: bytes, as: UTF8.self)).utf8)
      } else {
        bytes = mutation.damage(bytes, within: 3000)
      }
      try Data(bytes).write(to: URL(fileURLWithPath: to))
    }
    return victim
  }

  private func fuzz(
    _ what: String, files: Int,
    make: (Int, inout EngineMutation, String) throws -> String
  ) throws {
    var ran = 0
    var messages: Set<String> = []
    for number in 0..<files {
      let path =
        FileManager.default.temporaryDirectory.path
        + "/tacho-engine-\(Self.seed)-\(number)" + (what == "gguf" ? ".gguf" : "")
      var mutation = EngineMutation(
        random: RandomSource(
          seed: UInt64(bitPattern: Int64(Self.seed)) &* 1_000_003 &+ UInt64(number)))
      let done = try make(number, &mutation, path)
      defer { try? FileManager.default.removeItem(atPath: path) }
      let (start, memory) = (MonotonicClock.now(), peakMemory())
      if let error = try run(path) {
        #expect(!error.isEmpty)
        messages.insert(error)
      } else {
        ran += 1
      }
      let seconds = Double(MonotonicClock.now() - start) / 1e9
      #expect(seconds < 20, "\(what) \(number) of seed \(Self.seed): \(done)")
      // Other suites run beside this one; a forged size would ask for far more.
      #expect(peakMemory() - memory < 256 << 20, "\(what) \(number) of seed \(Self.seed): \(done)")
    }
    print(
      "fuzz: engine \(what): \(files) of seed \(Self.seed), \(ran) ran, "
        + "\(messages.count) different errors")
    // Both kinds must occur, or the mutations test nothing.
    if files >= 50 { #expect(ran > files / 20 && files - ran > files / 20) }
  }

  /// Loads, runs and tokenizes; the error's text if that is not possible.
  private func run(_ path: String) throws -> String? {
    let tokenizerError = try attempt {
      let tokenizer = try Tokenizers.load(modelPath: path)
      let ids = tokenizer.encode("Hello, wörld 12\n", addSpecial: true, parseSpecial: true)
      _ = tokenizer.decode(ids + [0, 287, -1, .max, .min])
    }
    let error = try attempt {
      var configuration = EngineConfiguration()
      configuration.threads = 1
      let transformer = try Transformer(ModelLoader.load(path: path), configuration)
      let store = transformer.makeStore()
      let context = DecodingContext(
        transformer: transformer, store: store, sequence: store.makeSequence())
      let last = Int32(transformer.model.embedding.rows - 1)
      _ = try context.feed([0, last, 0], wantsLogits: true)
      let logits = try context.feed([last, 0, last, 0, last, 0], wantsLogits: true)
      var sampler = try Sampler(
        Configuration(["sampler.temperature": 0.8, "sampler.top_k": 9, "sampler.top_p": 0.9]))
      let token = sampler.next(logits, history: [0])
      #expect(token >= 0 && token <= last)
    }
    return error ?? tokenizerError
  }

  private func attempt(_ body: () throws -> Void) throws -> String? {
    do {
      try body()
      return nil
    } catch let error as EngineError {
      return error.message
    } catch let error as ModelFileError {
      return error.message
    } catch let error as TokenizerError {
      return "\(error)"
    }
  }

  private func peakMemory() -> Int {
    var usage = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }
}
