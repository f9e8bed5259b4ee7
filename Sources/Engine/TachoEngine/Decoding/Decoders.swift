// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Every decoder a configuration may name as `decoder.kind`: one line each.
package enum Decoders {
  package static let all = Catalog<any TokenDecoder>(
    "decoder",
    [
      .init("autoregressive", "One token per forward pass.") { AutoregressiveDecoder() }
    ])

  package static let knobs: [Knob] = [
    Knob(
      "decoder.kind", .choice(all.names), default: "autoregressive",
      "How tokens are produced from the model.")
  ]
}
