// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

extension Configuration {
  /// The two ways to say which model: setting one removes the other's knobs from below.
  private static let modelSources = ["model.path", "model.synth."]

  /// Whether one of the settings says which model, so that laying it over others may remove some.
  package var namesModel: Bool {
    values.keys.contains { path in Self.modelSources.contains { path.hasPrefix($0) } }
  }

  /// This configuration with a higher layer over it.
  ///
  /// A layer that names a model by `model.path` replaces `model.synth.*`, and the other way round,
  /// so that no point names two models.
  package func layering(_ layer: Configuration) -> Configuration {
    var result = self
    for source in Self.modelSources
    where layer.values.keys.contains(where: { $0.hasPrefix(source) }) {
      for other in Self.modelSources where other != source {
        for path in result.paths where path.hasPrefix(other) { result[path] = nil }
      }
    }
    return result.merging(layer)
  }
}
