// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// One fully resolved configuration of one benchmark kind; its hash is its identity.
package struct Point: Sendable, Hashable, Codable {
  /// The benchmark's name in its suite (a label, not part of the identity).
  package var benchmark: String
  /// `kernel`, `generate`, ...
  package var kind: String
  /// The named variant it came from, if any (a label, not part of the identity).
  package var variant: String?
  package var configuration: Configuration
  /// The dotted paths this benchmark sweeps, in the suite's order: what tells its points apart.
  package var axes: [String]

  package init(
    benchmark: String, kind: String, variant: String? = nil, configuration: Configuration,
    axes: [String]
  ) {
    self.benchmark = benchmark
    self.kind = kind
    self.variant = variant
    self.configuration = configuration
    self.axes = axes
  }

  /// First 16 hex digits of SHA-256 over the canonical JSON of kind and configuration.
  package var id: String {
    let identity = ConfigurationValue.object([
      "configuration": .object(configuration.values), "kind": .string(kind),
    ])
    return String(SHA256.hex(identity.canonicalJSON).prefix(16))
  }

  /// `engine.threads=2 weights.format=q4_0`: the swept values only.
  package var label: String {
    var parts = variant.map { [$0] } ?? []
    parts += axes.compactMap { path in
      configuration[path].map { "\(path)=\($0.display)" }
    }
    return parts.isEmpty ? benchmark : parts.joined(separator: " ")
  }
}
