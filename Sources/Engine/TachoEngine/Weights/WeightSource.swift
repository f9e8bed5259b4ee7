// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
package import TachoKernels

/// Where a model's tensors come from.
///
/// To add a file format: one conformance and one line in `ModelLoader.load`.
package protocol WeightSource: AnyObject {
  /// What the file calls the tensor, for messages.
  func label(_ name: TensorName) -> String
  /// The tensor's bytes, type and shape (rows outermost first), or nil when the file has none.
  func tensor(_ name: TensorName) throws -> (
    bytes: UnsafeRawBufferPointer, type: ElementType, shape: [Int]
  )?
}

extension WeightSource {
  /// A matrix of exactly this shape.
  func matrix(_ name: TensorName, rows: Int, columns: Int) throws -> WeightMatrix {
    guard let tensor = try tensor(name) else {
      throw EngineError(.badModel, "the tensor \(label(name)) is missing")
    }
    guard tensor.shape == [rows, columns] else {
      throw EngineError(
        .badModel,
        "the tensor \(label(name)) has shape \(tensor.shape): \([rows, columns]) was expected")
    }
    do {
      return try WeightMatrix(
        bytes: tensor.bytes, type: tensor.type, rows: rows, columns: columns, owner: self)
    } catch {
      throw EngineError(.badModel, "the tensor \(label(name)): \(error)")
    }
  }

  /// A vector of exactly `count` elements in float32, or nil when the file has none.
  func vectorIfPresent(_ name: TensorName, count: Int) throws -> AlignedBuffer<Float>? {
    guard let tensor = try tensor(name) else { return nil }
    guard tensor.shape.reduce(1, *) == count, count % tensor.type.blockCount == 0,
      let source = tensor.bytes.baseAddress
    else {
      throw EngineError(
        .badModel,
        "the tensor \(label(name)) has shape \(tensor.shape): \(count) elements were expected")
    }
    let values = AlignedBuffer<Float>(count: count)
    guard tk_dequantize(tensor.type.cFormat, source, values.pointer, count) == 0 else {
      throw EngineError(
        .unsupported, "the tensor \(label(name)) is stored as \(tensor.type.name)")
    }
    return values
  }

  /// A vector of exactly `count` elements in float32.
  func vector(_ name: TensorName, count: Int) throws -> AlignedBuffer<Float> {
    guard let values = try vectorIfPresent(name, count: count) else {
      throw EngineError(.badModel, "the tensor \(label(name)) is missing")
    }
    return values
  }
}
