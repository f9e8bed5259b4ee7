// SPDX-License-Identifier: Apache-2.0
package import TachoKernels

/// Parameters with their layout: what is trained, exported and taught from.
package final class TrainingModel: Sendable {
  package let layout: ParameterLayout
  package let parameters: AlignedBuffer<Float>

  package init(layout: ParameterLayout, parameters: AlignedBuffer<Float>) {
    precondition(parameters.count == layout.count, "parameters as the layout has them")
    self.layout = layout
    self.parameters = parameters
  }

  /// A new model with random parameters.
  package convenience init(_ shape: TrainingShape, seed: UInt64) throws {
    let layout = try ParameterLayout(shape)
    let parameters = AlignedBuffer<Float>(count: layout.count)
    layout.initialize(parameters.pointer, seed: seed)
    self.init(layout: layout, parameters: parameters)
  }

  /// This model frozen, with new adapters beside it that change nothing yet.
  package func adapted(_ settings: AdapterSettings, seed: UInt64) throws -> TrainingModel {
    let layout = try ParameterLayout(self.layout.shape, adapters: settings)
    let parameters = AlignedBuffer<Float>(count: layout.count)
    layout.initialize(parameters.pointer, seed: seed)
    for tensor in layout.tensors where tensor.offset >= layout.trainedCount {
      guard let source = self.layout.tensor(named: tensor.name) else { continue }
      (parameters.pointer + tensor.offset).update(
        from: self.parameters.pointer + source.offset, count: tensor.count)
    }
    return TrainingModel(layout: layout, parameters: parameters)
  }

  /// A plain model whose matrices hold what the adapters add.
  package func merged() throws -> TrainingModel {
    let layout = try ParameterLayout(self.layout.shape)
    let merged = AlignedBuffer<Float>(count: layout.count)
    for tensor in layout.tensors {
      guard let source = self.layout.tensor(named: tensor.name) else { continue }
      (merged.pointer + tensor.offset).update(
        from: parameters.pointer + source.offset, count: tensor.count)
    }
    for (places, plain) in zip(self.layout.layers, layout.layers) {
      let columns = (
        layout.shape.width, layout.shape.queryWidth, layout.shape.width, layout.shape.feedForward
      )
      merge(places.mixed, into: merged.pointer + plain.mixed.offset, columns: columns.0)
      merge(places.output, into: merged.pointer + plain.output.offset, columns: columns.1)
      merge(places.hidden, into: merged.pointer + plain.hidden.offset, columns: columns.2)
      merge(places.down, into: merged.pointer + plain.down.offset, columns: columns.3)
    }
    return TrainingModel(layout: layout, parameters: merged)
  }

  private func merge(
    _ projection: Projection, into target: UnsafeMutablePointer<Float>, columns: Int
  ) {
    for adapter in projection.adapters {
      OpenBLAS.product(
        rows: adapter.rows, columns: columns, depth: adapter.rank, alpha: Float(adapter.scale),
        MatrixOperand(parameters.pointer + adapter.up, stride: adapter.rank),
        MatrixOperand(parameters.pointer + adapter.down, stride: columns), beta: 1,
        out: target + adapter.first * columns, outStride: columns)
    }
  }
}
