// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// Writes models with a real model's shape and random weights, to measure speed without the real one.
///
/// The file is a complete GGUF and says in its metadata that it is synthetic.
package enum ModelSynthesizer {
  /// Writes `shape` to `path`; the bytes depend on shape, format and seed alone.
  ///
  /// All matrices, embeddings and output projection included, are stored in `format`, or in the one
  /// it falls back to where its blocks do not divide the rows; norms and biases stay F32.
  /// `progress` gets the share of the bytes written, from 0 to 1.
  package static func synthesize(
    shape: ModelShape, format: ElementType, seed: UInt64, to path: String,
    progress: (Double) -> Void = { _ in }
  ) throws {
    var metadata = shape.metadata(format: format)
    metadata["tacho.synthetic"] = .bool(true)
    metadata["tacho.synthetic.seed"] = .uint64(seed)
    metadata["tacho.synthetic.shape"] = .string(shape.name)
    try SyntheticTokenizer.write(for: shape, into: &metadata)
    let tensors = shape.tensors
    var fallbacks = FormatFallbacks(requested: format)
    let types = tensors.map { tensor in
      tensor.isMatrix
        ? fallbacks.type(for: tensor.name, rowLength: tensor.dimensions[0]) : ElementType.f32
    }
    fallbacks.record(in: &metadata)
    var writer = GGUFWriter(metadata: metadata)
    for (tensor, type) in zip(tensors, types) {
      try writer.add(tensor.name, type: type, dimensions: tensor.dimensions)
    }
    let total = Double(writer.entries.reduce(0) { $0 + $1.byteCount })
    let fillings = Dictionary(
      tensors.map { ($0.name, $0.filling) }, uniquingKeysWith: { first, _ in first })
    var written = 0.0
    try writer.write(to: path) { entry, sink in
      try write(entry, fillings[entry.name] ?? .bias, seed: seed, to: sink)
      written += Double(entry.byteCount)
      progress(written / total)
    }
  }

  private static func write(
    _ entry: GGUFWriter.Entry, _ filling: ModelShape.Tensor.Filling, seed: UInt64,
    to sink: GGUFWriter.Sink
  ) throws {
    let random = RandomWeights(seed: seed, tensor: entry.name)
    try ParallelRows.forEachPart(rows: entry.rowCount, rowLength: entry.rowLength) { rows in
      try ParallelRows.encode(rows, of: entry, to: sink) { values in
        let first = rows.lowerBound * entry.rowLength
        switch filling {
        case .matrix(let deviation):
          random.fill(values, from: first, mean: 0, deviation: deviation)
        case .norm: random.fill(values, from: first, mean: 1, deviation: 0.05)
        case .bias: random.fill(values, from: first, mean: 0, deviation: 0.02)
        case .values(let fixed):
          for (index, value) in zip(values.indices, fixed.dropFirst(first)) {
            values[index] = value
          }
        }
      }
    }
  }
}
