// SPDX-License-Identifier: Apache-2.0

/// A fully resolved configuration: dotted path -> value, flat, so that any knob of any technique
/// can be swept without code for it.
///
/// Equal configurations have equal canonical JSON and equal hashes.
package struct Configuration: Sendable, Hashable, Codable {
  package private(set) var values: [String: ConfigurationValue]

  package init(_ values: [String: ConfigurationValue] = [:]) {
    self.values = values
  }

  package subscript(path: String) -> ConfigurationValue? {
    get { values[path] }
    set { values[path] = newValue }
  }

  package var paths: [String] { values.keys.sorted() }

  /// This configuration with `other`'s values laid over it.
  package func merging(_ other: Configuration) -> Configuration {
    Configuration(values.merging(other.values) { $1 })
  }

  package var canonicalJSON: String {
    var bytes: [UInt8] = []
    ConfigurationValue.appendCanonicalJSON(ofObject: values, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  package init(from decoder: any Decoder) throws {
    values = try [String: ConfigurationValue](from: decoder)
  }

  package func encode(to encoder: any Encoder) throws {
    try values.encode(to: encoder)
  }
}
