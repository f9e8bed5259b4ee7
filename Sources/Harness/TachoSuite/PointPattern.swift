// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// One entry of `exclude:`: a point that agrees with all of it is left out.
package struct PointPattern: Sendable, Hashable {
  /// Any of these models; nil for every model.
  package var models: Set<String>?
  /// Any of these variants; nil for every variant.
  package var variants: Set<String>?
  /// Each path must have one of its values.
  package var values: [String: Set<ConfigurationValue>]

  /// Whether the pattern covers a point.
  package func matches(
    _ configuration: Configuration, model: String?, variant: String?
  ) -> Bool {
    if let models, !models.contains(model ?? "") { return false }
    if let variants, !variants.contains(variant ?? "base") { return false }
    return values.allSatisfy { path, allowed in
      configuration[path].map { allowed.contains($0) } ?? false
    }
  }
}

/// One entry of `include:`: a point added whatever `exclude:` says.
package struct IncludedPoint: Sendable, Hashable {
  /// The model; nil for each of the benchmark's models.
  package var model: SuiteModel?
  package var settings: Configuration
  /// The paths it sets, in the order written.
  package var paths: [String]
}
