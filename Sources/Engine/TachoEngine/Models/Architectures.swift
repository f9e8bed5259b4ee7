// SPDX-License-Identifier: Apache-2.0

/// The model families Tacho runs: one line each.
package enum Architectures {
  package typealias Build = @Sendable (any WeightSource, ModelConfiguration) throws -> Model

  package static let all: [(name: String, build: Build)] = [
    ("llama", DenseDecoder.build),
    ("qwen2", DenseDecoder.build),
    ("qwen3", DenseDecoder.build),
  ]

  package static var names: [String] { all.map(\.name) }

  /// The model of `configuration` with weights from `source`.
  package static func build(_ source: any WeightSource, _ configuration: ModelConfiguration) throws
    -> Model
  {
    guard let entry = all.first(where: { $0.name == configuration.architecture }) else {
      throw EngineError(
        .unsupported,
        "the architecture '\(configuration.architecture)' is not one Tacho runs: "
          + names.joined(separator: ", "))
    }
    try configuration.validate()
    return try entry.build(source, configuration)
  }
}
