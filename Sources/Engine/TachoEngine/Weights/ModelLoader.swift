// SPDX-License-Identifier: Apache-2.0
import TachoModelFiles

/// Opens a model wherever it is: a `.gguf` file, or a directory with `config.json` and safetensors.
package enum ModelLoader {
  /// A model ready to run; its weights stay in the mapped files.
  package static func load(path: String) throws -> Model {
    if FilePaths.isDirectory(path) { return try loadHuggingFace(directory: path) }
    let weights = GGUFWeights(try GGUFFile(path: path))
    return try Architectures.build(weights, try weights.configuration())
  }

  private static func loadHuggingFace(directory: String) throws -> Model {
    let config = try HFConfig(path: directory)
    let weights = SafetensorsWeights(
      try SafetensorsFile(path: directory), config: config)
    return try Architectures.build(weights, try weights.configuration())
  }
}
