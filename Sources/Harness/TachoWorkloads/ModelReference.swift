// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoKernels
import TachoModelFiles

/// The model a configuration names: a file, or a real model's shape with random weights.
package struct ModelReference: Sendable {
  package enum Source: Sendable {
    case file(String)
    case synthetic(shape: String, format: ElementType, seed: UInt64)
  }

  package let source: Source

  package static let knobs: [Knob] = [
    Knob("model.path", .text, default: "", "A .gguf file or a Hugging Face model directory."),
    Knob(
      "model.synth.shape", .text, default: "",
      "A real model's shape with random weights, for speed only: "
        + ModelShapes.all.names.joined(separator: ", ") + ", or custom:..."),
    Knob("model.synth.seed", .int(0...Int.max), default: 1, "Seed of the random weights."),
    Knob(
      "weights.format", .choice(ElementType.allCases.map(\.name)), default: "q8_0",
      "Weight format of a synthetic model; a file has its own."),
  ]

  package init(_ configuration: Configuration) throws {
    if let complaint = Self.complaint(about: configuration) {
      throw WorkloadError(.badConfiguration, complaint)
    }
    let settings = try Settings(configuration, knobs: Self.knobs)
    if let path = settings.text("model.path") {
      source = .file(path)
    } else {
      source = .synthetic(
        shape: settings.text("model.synth.shape") ?? "",
        format: ElementType(name: settings.text("weights.format") ?? "") ?? .q8_0,
        seed: UInt64(settings.int("model.synth.seed")))
    }
  }

  static func complaint(about configuration: Configuration) -> String? {
    let path = configuration["model.path"]?.stringValue ?? ""
    let shape = configuration["model.synth.shape"]?.stringValue ?? ""
    switch (path.isEmpty, shape.isEmpty) {
    case (true, true): return "no model: give model.path or model.synth.shape"
    case (false, false): return "two models: give either model.path or model.synth.shape"
    case (false, true):
      return configuration["weights.format"] == nil
        ? nil
        : "weights.format chooses the format of a synthetic model; \(path) has its own "
          + "(convert it with 'tacho model quantize')"
    case (true, false):
      do {
        _ = try ModelShapes.shape(shape)
        return nil
      } catch {
        return "\(error)"
      }
    }
  }

  /// The file to load; a synthetic model is made first if the cache does not have it.
  package func resolve(progress: (Double) -> Void = { _ in }) throws -> String {
    switch source {
    case .file(let path): return path
    case .synthetic(let shape, let format, let seed):
      return try SyntheticModelCache.model(
        shape: shape, format: format, seed: seed, progress: progress)
    }
  }

  /// What results say about the model, under the names the exports know.
  package var facts: [String: ConfigurationValue] {
    var facts: [String: ConfigurationValue] = [:]
    if case .synthetic(let shape, _, let seed) = source {
      facts["model.synthetic"] = .bool(true)
      facts["model.synth.shape"] = .string(shape)
      facts["model.synth.seed"] = .int(Int(clamping: seed))
    } else {
      facts["model.synthetic"] = .bool(false)
    }
    return facts
  }

  /// Size, parameters and llama-bench's name of a model file, and an identity of its contents.
  static func fileFacts(_ path: String) throws -> [String: ConfigurationValue] {
    var facts = ModelFingerprint.facts(of: path)
    facts["model.filename"] = .string(path)
    guard !FilePaths.isDirectory(path) else { return facts }
    let summary = try ModelSummary(GGUFFile(path: path))
    facts["model.size"] = .int(summary.tensorBytes)
    facts["model.params"] = .int(summary.parameters)
    if summary.synthetic { facts["model.synthetic"] = .bool(true) }
    // The format that most weights have, as llama-bench names a file.
    if let main = summary.types.max(by: { $0.parameters < $1.parameters }) {
      facts["model.format"] = .string(main.type)
      let size = sizeName(summary.parameters)
      facts["model.type"] = .string(
        "\(summary.architecture ?? "unknown") \(size) \(main.type.uppercased())")
    }
    if !summary.formatFallbacks.isEmpty {
      facts["model.format_fallbacks"] = .array(summary.formatFallbacks.map { .string($0) })
    }
    return facts
  }

  /// `1.1B`, `135M`.
  private static func sizeName(_ parameters: Int) -> String {
    if parameters >= 1_000_000_000 {
      let tenths = (parameters + 50_000_000) / 100_000_000
      return "\(tenths / 10).\(tenths % 10)B"
    }
    return "\((parameters + 500_000) / 1_000_000)M"
  }
}
