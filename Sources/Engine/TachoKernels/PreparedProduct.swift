// SPDX-License-Identifier: Apache-2.0
import CTachoKernels

/// One matrix product with everything its kernel needs, resolved before the launch: workers that take
/// a chunk of rows touch no reference counts.
struct PreparedProduct {
  enum Call {
    case panels(KernelTable.Panel, tk_panel_args)
    case int8(KernelTable.MatmulQ8, tk_matmul_q8_args)
    case float(KernelTable.MatmulF32, tk_matmul_f32_args)
  }

  let call: Call
  /// Rows of the weights, and how many of them a worker takes at a time.
  let rows: Int
  let chunkRows: Int
  /// Activation rows, and where their results go: `out[b * outStride + row]`.
  let batch: Int
  let out: UnsafeMutablePointer<Float>
  let outStride: Int
  /// Added to every result, one for each row of the weights.
  let bias: UnsafePointer<Float>?

  var chunks: Int { (rows + chunkRows - 1) / chunkRows }

  func run(chunk: Int, scratch: UnsafeMutableRawPointer) {
    let first = chunk * chunkRows
    let last = min(first + chunkRows, rows)
    switch call {
    case .panels(let kernel, var args):
      let perPanel = Int(TK_PANEL_ROWS)
      kernel(&args, first / perPanel, (last + perPanel - 1) / perPanel, scratch)
    case .int8(let kernel, var args):
      kernel(&args, first, last, scratch)
    case .float(let kernel, var args):
      kernel(&args, first, last, scratch)
    }
    guard let bias else { return }
    for b in 0..<batch {
      let out = out + b * outStride
      for row in first..<last { out[row] += bias[row] }
    }
  }
}
