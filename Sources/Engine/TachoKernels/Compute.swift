// SPDX-License-Identifier: Apache-2.0
import CTachoKernels

/// Runs kernels on a thread pool: the engine's only way to arithmetic.
package final class Compute: @unchecked Sendable {
  package let pool: ThreadPool
  package let kernels: KernelTable
  package let activationFormat: ActivationFormat
  package let floatArithmetic: FloatArithmetic
  private var scratch: [AlignedBuffer<UInt8>]
  /// Whether repacked weights are read where there are any.
  private let repacked: Bool

  package init(
    pool: ThreadPool, kernels: KernelTable, activations: ActivationFormat,
    floatArithmetic: FloatArithmetic = .auto, repacked: Bool = true
  ) {
    self.floatArithmetic = floatArithmetic
    self.repacked = repacked
    self.pool = pool
    self.kernels = kernels
    self.activationFormat = activations
    scratch = (0..<pool.threads).map { _ in AlignedBuffer(count: tk_panel_scratch_bytes()) }
  }

  /// Makes sure every worker has this much scratch; called when a model is prepared, not in its loop.
  package func reserveScratch(columns: Int, headDimension: Int, pageTokens: Int) {
    let bytes = max(
      tk_matmul_scratch_bytes(columns), tk_matmul_f32_scratch_bytes(columns),
      tk_attention_scratch_bytes(headDimension, pageTokens))
    for index in scratch.indices where scratch[index].count < bytes {
      scratch[index] = AlignedBuffer(count: bytes)
    }
  }

  package func scratch(of worker: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(scratch[worker].pointer)
  }

  /// Converts `source` ([rows][columns]) to what the products with `weights` will read.
  package func prepare(
    _ activations: Activations, from source: UnsafePointer<Float>, rows: Int, columns: Int,
    for weights: [WeightMatrix]
  ) {
    activations.describe(source, rows: rows, columns: columns)
    let panels = weights.contains { usesPanels($0) }
    let int8 = weights.contains { activationFormat.usesInt8(for: $0.type) && !usesPanels($0) }
    let bfloat = weights.contains { floatArithmetic.usesBF16(for: $0.type) }
    let float = weights.contains {
      !activationFormat.usesInt8(for: $0.type) && !floatArithmetic.usesBF16(for: $0.type)
    }
    if panels, let kernel = kernels.quantizePanel {
      var view = activations.panelView
      withUnsafePointer(to: &view) { view in
        pool.launch("quantize", count: rows, grain: Self.quantizeRows) {
          kernel(source, view, $1.lowerBound, $1.upperBound)
        }
      }
    }
    if int8 {
      var args = tk_quantize_args(
        source: source, rows: rows, columns: columns, q: activations.q.pointer,
        scales: activations.scales.pointer, sums: activations.sums.pointer)
      let kernel = activations.tiled ? kernels.quantizeTiles : kernels.quantizeRows
      withUnsafePointer(to: &args) { args in
        pool.launch("quantize", count: activations.tiled ? activations.tiles : rows, grain: 1) {
          kernel(args, $1.lowerBound, $1.upperBound)
        }
      }
    }
    if bfloat { prepareBF16(activations, source) }
    if float, activations.floatTiled {
      let target = activations.transposed.pointer
      pool.launch("transpose", count: activations.tiles, grain: 1) {
        kernels.transposeTile(source, rows, columns, target, $1.lowerBound, $1.upperBound)
      }
    }
  }

  private func prepareBF16(_ activations: Activations, _ source: UnsafePointer<Float>) {
    let (rows, columns, target) = (activations.rows, activations.columns, activations.bfloats)
    if activations.floatTiled {
      pool.launch("pack_bf16", count: activations.tiles, grain: 1) {
        kernels.packTileBF16(source, rows, columns, target, $1.lowerBound, $1.upperBound)
      }
    } else {
      kernels.roundBF16(source, target, rows * columns)
    }
  }

  /// One matrix product of several that share their input: where the result goes, and its bias.
  package struct Product {
    package let weights: WeightMatrix
    package let out: UnsafeMutablePointer<Float>
    package let outStride: Int
    package let bias: UnsafePointer<Float>?

    package init(
      _ weights: WeightMatrix, _ out: UnsafeMutablePointer<Float>, outStride: Int? = nil,
      bias: UnsafePointer<Float>? = nil
    ) {
      self.weights = weights
      self.out = out
      self.outStride = outStride ?? weights.rows
      self.bias = bias
    }
  }

  /// Activation rows a worker quantises at a time.
  private static let quantizeRows = 4

  /// Up to so many activation rows go through the kernels for few.
  private static let fewRows = 16

  private func usesPanels(_ weights: WeightMatrix) -> Bool {
    repacked && weights.panels != nil && readsPanels(of: weights.type)
  }

  /// Weight rows a worker takes at a time: whole pairs of panels, small enough to balance, large
  /// enough to amortise the call.
  private static let chunkRows = 32

  /// The same where the weights stream by for few activation rows: longer stretches of memory.
  private static let streamedRows = 64

  /// In float arithmetic a chunk is a whole panel of the kernel's, where every worker gets several.
  private func floatChunkRows(_ rows: Int) -> Int {
    var chunk = Int(TK_FLOAT_ROWS)
    while chunk > Self.chunkRows, rows / chunk < 4 * pool.threads { chunk /= 2 }
    return chunk
  }

  /// `out[b][row] = weights[row] * input[b] (+ bias[row])` for every product, in one launch.
  package func multiply(_ activations: Activations, _ op: StaticString, _ products: Product...) {
    multiply(activations, op, products)
  }

  package func multiply(_ activations: Activations, _ op: StaticString, _ products: [Product]) {
    let prepared = products.compactMap { self.prepared($0, activations) }
    let chunks = prepared.reduce(0) { $0 + $1.chunks }
    prepared.withUnsafeBufferPointer { prepared in
      pool.launch(op, count: chunks, grain: 1) { worker, range in
        let scratch = self.scratch(of: worker)
        for chunk in range {
          var index = 0
          var local = chunk
          while local >= prepared[index].chunks {
            local -= prepared[index].chunks
            index += 1
          }
          prepared[index].run(chunk: local, scratch: scratch)
        }
      }
    }
  }

  private func prepared(_ product: Product, _ activations: Activations) -> PreparedProduct? {
    let weights = product.weights
    func make(_ call: PreparedProduct.Call, chunkRows: Int) -> PreparedProduct {
      PreparedProduct(
        call: call, rows: weights.rows, chunkRows: chunkRows, batch: activations.rows,
        out: product.out, outStride: product.outStride, bias: product.bias)
    }
    if usesPanels(weights), let panels = weights.panels, let kernel = kernels.panels(weights.type) {
      let args = tk_panel_args(
        panels: panels.pointer, panel_bytes: panels.panelBytes, rows: weights.rows,
        a: activations.panelView, out: product.out, out_stride: product.outStride)
      let few = activations.rows <= Self.fewRows
      return make(
        .panels(few ? kernel.few : kernel.many, args),
        chunkRows: few ? Self.streamedRows : Self.chunkRows)
    }
    if activationFormat.usesInt8(for: weights.type) {
      let kernel =
        activations.tiled
        ? kernels.matmulTilesQ8(weights.type) : kernels.matmulRowsQ8(weights.type)
      guard let kernel else { return nil }
      let args = tk_matmul_q8_args(
        weights: weights.pointer, row_bytes: weights.rowBytes, columns: weights.columns,
        q: activations.q.pointer, scales: activations.scales.pointer,
        sums: activations.sums.pointer, out: product.out, out_stride: product.outStride,
        batch: activations.rows)
      return make(.int8(kernel, args), chunkRows: Self.chunkRows)
    }
    let (kernel, args) = floatCall(product, activations)
    return make(.float(kernel, args), chunkRows: floatChunkRows(weights.rows))
  }

  private func floatCall(_ product: Product, _ activations: Activations) -> (
    KernelTable.MatmulF32, tk_matmul_f32_args
  ) {
    let weights = product.weights
    let tiled = activations.floatTiled
    let bfloat = floatArithmetic.usesBF16(for: weights.type)
    let input =
      bfloat
      ? UnsafePointer(activations.bfloats)
      : tiled ? UnsafePointer(activations.transposed.pointer) : activations.source
    let args = tk_matmul_f32_args(
      weights: weights.pointer, format: Int32(weights.type.rawValue), row_bytes: weights.rowBytes,
      columns: weights.columns, activations: input, out: product.out,
      out_stride: product.outStride, batch: activations.rows)
    let kernel =
      switch (bfloat, tiled) {
      case (false, false): kernels.matmulF32
      case (false, true): kernels.matmulTileF32
      case (true, false): kernels.matmulBF16
      case (true, true): kernels.matmulTileBF16
      }
    return (kernel, args)
  }
}
