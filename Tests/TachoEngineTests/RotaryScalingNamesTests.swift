// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoEngine
import Testing

/// Rotary scalings by the names `config.json` gives them.
@Suite struct RotaryScalingNamesTests {
  @Test func dynamicScalingIsPlainWithinTheContext() throws {
    let plain = try ModelLoader.load(path: GoldenCases.path("hf/llama"))
    let dynamic = try load(scaling: #"{"rope_type": "dynamic", "factor": 4.0}"#)
    #expect(dynamic.configuration.rotary == plain.configuration.rotary)
    let linear = try load(scaling: #"{"rope_type": "linear", "factor": 4.0}"#)
    #expect(linear.configuration.rotary != plain.configuration.rotary)
  }

  @Test func unknownScalingIsNamed() throws {
    let error = #expect(throws: EngineError.self) {
      _ = try load(scaling: #"{"rope_type": "longrope", "factor": 4.0}"#)
    }
    #expect(error?.message.contains("'longrope'") == true)
  }

  /// The golden llama with another `rope_scaling`.
  private func load(scaling: String) throws -> Model {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tacho-rope-\(UUID().uuidString)")
    try FileManager.default.copyItem(
      atPath: GoldenCases.path("hf/llama"), toPath: folder.path)
    defer { try? FileManager.default.removeItem(at: folder) }
    let config = folder.appendingPathComponent("config.json")
    var text = try String(contentsOf: config, encoding: .utf8)
    text.replace("{\n", with: "{\n \"rope_scaling\": \(scaling),\n", maxReplacements: 1)
    try text.write(to: config, atomically: true, encoding: .utf8)
    return try ModelLoader.load(path: folder.path)
  }
}
