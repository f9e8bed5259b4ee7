// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Every decoder a configuration may name as `decoder.kind`: one line each.
package enum Decoders {
  package typealias Make = @Sendable (Configuration) throws -> any TokenDecoder

  package static let all = Catalog<Make>(
    "decoder",
    [
      .init("autoregressive", "One token per forward pass.") { { _ in AutoregressiveDecoder() } }
    ])

  /// The decoder that `decoder.kind` names, set up by its own knobs.
  package static func make(_ configuration: Configuration) throws -> any TokenDecoder {
    try all.make(configuration["decoder.kind"]?.stringValue ?? "autoregressive")(configuration)
  }

  package static let knobs: [Knob] = [
    Knob(
      "decoder.kind", .choice(all.names), default: "autoregressive",
      "How tokens are produced from the model.")
  ]
}
