// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// The golden cases of `Golden/expected.json`; how they were made is in `Golden/README.md`.
struct GoldenCases: Decodable {
  struct Case: Decodable, CustomTestStringConvertible {
    let model: String
    let format: String
    let logits: String
    let greedy: [Int32]
    let q8_activations_error: Double?
    var testDescription: String { model }
  }

  let ids: [Int32]
  let cases: [Case]

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")

  static func load() throws -> GoldenCases {
    try JSONDecoder().decode(
      GoldenCases.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
  }

  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// The float32 array of an `.npy` file, C order.
  static func array(_ name: String) throws -> [Float] {
    let data = try Data(contentsOf: folder.appendingPathComponent(name))
    let header = 10 + Int(data[8]) + Int(data[9]) << 8
    return data.dropFirst(header).withUnsafeBytes { bytes in
      (0..<bytes.count / 4).map {
        bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self)
      }
    }
  }
}
