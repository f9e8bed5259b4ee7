// SPDX-License-Identifier: Apache-2.0
import TachoEngine
import TachoKernels
import TachoRecord

extension OperationWork {
  /// The launches of a model's passes whose work is known: products with weights, and attention.
  static func all(of model: Model, _ configuration: EngineConfiguration) -> [OperationWork] {
    let products = model.products.map { products in
      let everyRow = model.multipliesEveryRow(products)
      return OperationWork(
        op: products.name, launches: products.launches,
        weightBytes: Double(products.matrices.reduce(0) { $0 + $1.bytes }),
        flopsPerRow: Double(products.matrices.reduce(0) { $0 + 2 * $1.rows * $1.columns }),
        rows: everyRow ? .all : .wanted,
        arithmetic: ModelArithmetic.most(
          of: products.matrices, configuration.activations, configuration.floatArithmetic
        ).rawValue)
    }
    let layouts = model.kvLayouts(pageTokens: 16, format: configuration.kvFormat)
    guard !layouts.isEmpty else { return products }
    let shape = model.configuration
    var attention = OperationWork(op: "attention", launches: layouts.count, arithmetic: "f32")
    attention.kvBytesPerToken = Double(layouts.reduce(0) { $0 + $1.tokenBytes })
    // A multiply-add for the score and one for the sum of values, of each head's elements.
    attention.flopsPerRowAndToken = Double(4 * shape.heads * shape.headDimension * layouts.count)
    return products + [attention]
  }
}
