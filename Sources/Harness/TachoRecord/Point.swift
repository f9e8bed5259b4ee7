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
    // As bytes: a plan has up to a hundred thousand points.
    var identity = Array(#"{"configuration":"#.utf8)
    identity.reserveCapacity(512)
    ConfigurationValue.appendCanonicalJSON(ofObject: configuration.values, to: &identity)
    identity.append(contentsOf: #","kind":"#.utf8)
    ConfigurationValue.appendQuoted(kind, to: &identity)
    identity.append(UInt8(ascii: "}"))
    var hash = SHA256()
    hash.update(identity)
    return String(hash.hexDigest().prefix(16))
  }

  /// `engine.threads=2 weights.format=q4_0`: the swept values only.
  package var label: String {
    var parts = variant.map { [$0] } ?? []
    parts += axes.compactMap { path in
      configuration[path].map { "\(path)=\($0.display)" }
    }
    return parts.isEmpty ? benchmark : parts.joined(separator: " ")
  }

  /// `decode engine.threads=2`: the benchmark, and the label where that says more.
  package var name: String { label == benchmark ? benchmark : "\(benchmark) \(label)" }
}
