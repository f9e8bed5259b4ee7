// SPDX-License-Identifier: Apache-2.0
import TachoKernels
package import TachoModelFiles

extension TrainingModel {
  /// Reads a model of the families that `ModelExport` writes, from any GGUF file of them, quantised or not.
  package convenience init(gguf file: GGUFFile) throws {
    let shape = try Self.shape(of: file)
    let layout = try ParameterLayout(shape)
    // All of it is in the file before memory of its size is reserved.
    let sources = try layout.tensors.map { tensor in
      guard let source = file.tensor(named: tensor.name) else {
        throw TrainingError(.badFile, "\(file.path) lacks the tensor '\(tensor.name)'")
      }
      guard source.dimensions == Array(tensor.shape.reversed()) else {
        throw TrainingError(
          .badFile,
          "\(file.path): the tensor '\(tensor.name)' is \(source.dimensions), rows first in memory; "
            + "\(Array(tensor.shape.reversed())) was expected")
      }
      return source
    }
    let parameters = AlignedBuffer<Float>(count: layout.count)
    for (tensor, source) in zip(layout.tensors, sources) {
      source.type.dequantize(
        file.bytes(of: source),
        into: UnsafeMutableBufferPointer(
          start: parameters.pointer + tensor.offset, count: tensor.count), count: tensor.count)
    }
    self.init(layout: layout, parameters: parameters)
  }

  private static func shape(of file: GGUFFile) throws -> TrainingShape {
    let metadata = file.metadata
    let architecture = try metadata.required("general.architecture") { $0.string }
    guard architecture == "llama" || architecture == "arcee" else {
      throw TrainingError(
        .unsupported,
        "\(file.path) is of the architecture '\(architecture)': llama and arcee can be trained")
    }
    func number(_ key: String) throws -> Int {
      try metadata.required("\(architecture).\(key)") { $0.int }
    }
    func optional(_ key: String) throws -> Int? { try metadata.int("\(architecture).\(key)") }
    for key in ["rope.scaling.type", "rope.scaling.factor", "rope.scale_linear"]
    where metadata["\(architecture).\(key)"] != nil {
      throw TrainingError(
        .unsupported, "\(file.path) scales its rotary positions, which training does not do")
    }
    for tensor in file.tensors
    where tensor.name.hasSuffix(".bias") || tensor.name == "rope_freqs.weight" {
      throw TrainingError(
        .unsupported, "\(file.path) has the tensor '\(tensor.name)', which training does not know")
    }
    guard let embedding = file.tensor(named: "token_embd.weight"), embedding.dimensions.count == 2
    else { throw TrainingError(.badFile, "\(file.path) lacks the matrix 'token_embd.weight'") }
    let (width, heads) = (try number("embedding_length"), try number("attention.head_count"))
    guard heads > 0 else { throw TrainingError(.badFile, "\(file.path) has \(heads) heads") }
    var shape = TrainingShape(
      vocabulary: embedding.dimensions[1], width: width, layers: try number("block_count"),
      heads: heads, kvHeads: try optional("attention.head_count_kv") ?? heads,
      headDimension: try optional("attention.key_length") ?? width / heads,
      feedForward: try number("feed_forward_length"),
      contextLength: try optional("context_length") ?? 2048)
    if let rotated = try optional("rope.dimension_count"), rotated != shape.headDimension {
      throw TrainingError(
        .unsupported, "\(file.path) rotates \(rotated) of \(shape.headDimension) elements of a head"
      )
    }
    shape.channel = architecture == "arcee" ? .squaredReLU : .swiglu
    shape.experts = try optional("expert_count") ?? 0
    shape.expertsPerToken = shape.experts > 0 ? try number("expert_used_count") : 0
    shape.ropeBase = try metadata.double("\(architecture).rope.freq_base") ?? 10_000
    shape.normEpsilon =
      try metadata.double("\(architecture).attention.layer_norm_rms_epsilon") ?? 1e-5
    shape.isTied = file.tensor(named: "output.weight") == nil
    shape.exits = try metadata.ints("tacho.exits") ?? []
    shape.hasExitNorms = file.tensors.contains { $0.name.hasSuffix(".exit_norm.weight") }
    return shape
  }
}
