// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoEngine
import TachoKernels
import TachoModelFiles
import TachoWorkloads
import Testing

/// Synthetic models are made once, named by all that decides their bytes.
@Suite struct SyntheticModelCacheTests {
  @Test func modelsAreMadeOnceAndLoad() throws {
    let directory = TestCache.directory
    var calls = 0
    let path = try SyntheticModelCache.model(shape: "tiny-qwen3", format: .q5_k, seed: 3) { _ in
      calls += 1
    }
    #expect(path.hasPrefix(directory + "/") && path.hasSuffix(".gguf") && calls > 0)
    let model = try ModelLoader.load(path: path)
    #expect(model.configuration.architecture == "qwen3")
    #expect(model.layers[0].mixer.matrices[0].type == .q5_k)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let made = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    calls = 0
    #expect(
      try SyntheticModelCache.model(shape: "tiny-qwen3", format: .q5_k, seed: 3) { _ in calls += 1 }
        == path)
    #expect(calls == 0)
    let found = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    #expect(made == found)
    // Made again it is the same, byte for byte.
    try FileManager.default.removeItem(atPath: path)
    _ = try SyntheticModelCache.model(shape: "tiny-qwen3", format: .q5_k, seed: 3)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == bytes)
  }

  @Test func namesTellModelsApart() throws {
    _ = TestCache.directory
    let custom = "custom:hidden=64,layers=1,heads=2,ffn=64,vocab=300"
    let paths = [
      SyntheticModelCache.path(shape: "tiny-llama", format: .q8_0, seed: 1),
      SyntheticModelCache.path(shape: "tiny-llama", format: .q4_0, seed: 1),
      SyntheticModelCache.path(shape: "tiny-llama", format: .q8_0, seed: 2),
      SyntheticModelCache.path(shape: "tiny-qwen2", format: .q8_0, seed: 1),
      SyntheticModelCache.path(shape: custom, format: .q8_0, seed: 1),
      SyntheticModelCache.path(shape: custom + "0", format: .q8_0, seed: 1),
    ]
    #expect(Set(paths).count == paths.count)
    #expect(paths.allSatisfy { $0.dropFirst(TestCache.directory.count + 1).contains("/") == false })
    let made = try SyntheticModelCache.model(shape: custom, format: .q8_0, seed: 1)
    #expect(try ModelLoader.load(path: made).configuration.width == 64)
  }

  @Test func failuresLeaveNothingBehind() throws {
    let before = try names()
    #expect(throws: (any Error).self) {
      try SyntheticModelCache.model(shape: "no-such-shape", format: .q8_0, seed: 1)
    }
    #expect(try names().subtracting(before).allSatisfy { !$0.contains("no-such") })
  }

  /// Two that make the same model at the same time both get it.
  @Test func makersDoNotDisturbEachOther() async throws {
    _ = TestCache.directory
    let paths = try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<4 {
        group.addTask {
          try SyntheticModelCache.model(shape: "tiny-qwen2", format: .q4_1, seed: 77)
        }
      }
      return try await group.reduce(into: Set<String>()) { $0.insert($1) }
    }
    #expect(paths.count == 1)
    #expect(try ModelLoader.load(path: try #require(paths.first)).layers.count == 2)
    #expect(try names().allSatisfy { $0.hasSuffix(".gguf") || !$0.contains("tiny-qwen2-q4_1-s77") })
  }

  private func names() throws -> Set<String> {
    try FileManager.default.createDirectory(
      atPath: TestCache.directory, withIntermediateDirectories: true)
    return Set(try FileManager.default.contentsOfDirectory(atPath: TestCache.directory))
  }
}
