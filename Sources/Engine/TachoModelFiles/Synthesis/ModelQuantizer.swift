// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// Converts a GGUF model's weights to another format.
package enum ModelQuantizer {
  /// Rewrites `source` with every weight matrix in `format` and vectors in F32.
  ///
  /// Where the format's blocks do not divide a row, the tensor gets the format it falls back to. All
  /// other metadata is copied. The two paths must differ.
  package static func quantize(
    from source: String, to path: String, format: ElementType,
    progress: (Double) -> Void = { _ in }
  ) throws {
    guard source != path else {
      throw ModelFileError(
        .invalidArgument, "the quantised model needs a path of its own", path: path)
    }
    let file = try GGUFFile(path: source)
    guard !file.tensors.isEmpty else {
      throw ModelFileError(.invalidArgument, "the file has no tensors to quantise", path: source)
    }
    var metadata = file.metadata
    var fallbacks = FormatFallbacks(requested: format)
    let types = file.tensors.map { tensor in
      isMatrix(tensor)
        ? fallbacks.type(for: tensor.name, rowLength: tensor.rowLength) : ElementType.f32
    }
    fallbacks.record(in: &metadata)
    metadata["general.file_type"] = .uint32(format.fileType)
    metadata["general.quantization_version"] = .uint32(2)
    var writer = GGUFWriter(metadata: metadata)
    for (tensor, type) in zip(file.tensors, types) {
      try writer.add(tensor.name, type: type, dimensions: tensor.dimensions)
    }
    let total = Double(writer.entries.reduce(0) { $0 + $1.byteCount })
    var written = 0.0
    try writer.write(to: path) { entry, sink in
      guard let tensor = file.tensor(named: entry.name) else { return }
      try convert(tensor, of: file, to: entry, sink)
      written += Double(entry.byteCount)
      progress(written / total)
    }
  }

  /// Whether a tensor is a weight matrix; a router's small matrix decides too much to be rounded.
  private static func isMatrix(_ tensor: GGUFTensor) -> Bool {
    tensor.rowCount > 1 && tensor.dimensions.count > 1 && tensor.name.hasSuffix(".weight")
      && !tensor.name.contains("ffn_gate_inp")
  }

  private static func convert(
    _ tensor: GGUFTensor, of file: GGUFFile, to entry: GGUFWriter.Entry, _ sink: GGUFWriter.Sink
  ) throws {
    if tensor.type == entry.type {
      try sink.write(file.bytes(of: tensor), at: 0)
      return
    }
    let rowBytes = tensor.type.bytes(for: tensor.rowLength)
    try ParallelRows.forEachPart(rows: entry.rowCount, rowLength: entry.rowLength) { rows in
      try ParallelRows.encode(rows, of: entry, to: sink) { values in
        let part = rows.lowerBound * rowBytes..<rows.upperBound * rowBytes
        tensor.type.dequantize(
          UnsafeRawBufferPointer(rebasing: file.bytes(of: tensor)[part]), into: values,
          count: values.count)
      }
    }
  }
}
