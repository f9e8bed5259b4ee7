// SPDX-License-Identifier: Apache-2.0
package import CTachoKernels

/// The C kernels by operation, at the best instruction set not above the one asked for.
package struct KernelTable: Sendable {
  package typealias Quantize = @convention(c) (UnsafePointer<tk_quantize_args>, Int, Int) -> Void
  package typealias MatmulQ8 =
    @convention(c) (UnsafePointer<tk_matmul_q8_args>, Int, Int, UnsafeMutableRawPointer) -> Void
  package typealias MatmulF32 =
    @convention(c) (UnsafePointer<tk_matmul_f32_args>, Int, Int, UnsafeMutableRawPointer) -> Void
  package typealias TransposeTile =
    @convention(c) (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>, Int, Int) -> Void
  package typealias Attention =
    @convention(c) (UnsafePointer<tk_attention_args>, UnsafeMutableRawPointer) -> Void
  package typealias RMSNorm =
    @convention(c) (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int, Float
    )
    -> Void
  package typealias RoPE =
    @convention(c) (
      UnsafeMutablePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, Int, Int32
    )
    -> Void
  package typealias SwiGLU =
    @convention(c) (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  package typealias Add =
    @convention(c) (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  package typealias KVWrite = @convention(c) (UnsafePointer<tk_kv_write_args>) -> Void
  package typealias Read = @convention(c) (UnsafeRawPointer, Int) -> UInt64

  package let isa: ISA
  package let quantizeRows: Quantize
  package let quantizeTiles: Quantize
  package let matmulF32: MatmulF32
  package let matmulTileF32: MatmulF32
  package let transposeTile: TransposeTile
  package let attentionF16: Attention
  package let attentionF32: Attention
  package let rmsnorm: RMSNorm
  package let rope: RoPE
  package let swiglu: SwiGLU
  package let add: Add
  package let kvWriteF16: KVWrite
  package let kvWriteF32: KVWrite
  package let read: Read
  private let rowKernels: [ElementType: MatmulQ8]
  private let tileKernels: [ElementType: MatmulQ8]

  package init(isa: ISA) throws(KernelError) {
    self.isa = isa
    quantizeRows = try Self.find("quantize_rows_q8", isa, as: Quantize.self)
    quantizeTiles = try Self.find("quantize_tiles_q8", isa, as: Quantize.self)
    matmulF32 = try Self.find("matmul_f32", isa, as: MatmulF32.self)
    matmulTileF32 = try Self.find("matmul_tile_f32", isa, as: MatmulF32.self)
    transposeTile = try Self.find("transpose_tile", isa, as: TransposeTile.self)
    attentionF16 = try Self.find("attention_f16", isa, as: Attention.self)
    attentionF32 = try Self.find("attention_f32", isa, as: Attention.self)
    rmsnorm = try Self.find("rmsnorm", isa, as: RMSNorm.self)
    rope = try Self.find("rope", isa, as: RoPE.self)
    swiglu = try Self.find("swiglu", isa, as: SwiGLU.self)
    add = try Self.find("add", isa, as: Add.self)
    kvWriteF16 = try Self.find("kv_write_f16", isa, as: KVWrite.self)
    kvWriteF32 = try Self.find("kv_write_f32", isa, as: KVWrite.self)
    read = try Self.find("read", isa, as: Read.self)
    var rows: [ElementType: MatmulQ8] = [:]
    var tiles: [ElementType: MatmulQ8] = [:]
    for type in ElementType.allCases where type.isQuantized {
      rows[type] = try Self.find("matmul_\(type.name)_q8", isa, as: MatmulQ8.self)
      tiles[type] = try Self.find("matmul_tile_\(type.name)_q8", isa, as: MatmulQ8.self)
    }
    rowKernels = rows
    tileKernels = tiles
  }

  /// The kernel for few activation rows; nil for float formats, which take `matmulF32`.
  package func matmulRowsQ8(_ type: ElementType) -> MatmulQ8? { rowKernels[type] }

  /// The kernel for many activation rows, in tiles of `TK_TILE`.
  package func matmulTilesQ8(_ type: ElementType) -> MatmulQ8? { tileKernels[type] }

  /// Every kernel compiled in: operation, variant, instruction set.
  package static let all: [(op: String, variant: String, isa: ISA)] = {
    var count = 0
    let table = tk_kernels(&count)
    return (0..<count).compactMap { index in
      guard let kernel = table?[index] else { return nil }
      return (
        String(cString: kernel.op), String(cString: kernel.variant),
        ISA(rawValue: Int(kernel.isa.rawValue)) ?? .ref
      )
    }
  }()

  private static func find<Function>(_ op: String, _ isa: ISA, as type: Function.Type)
    throws(KernelError) -> Function
  {
    var count = 0
    let table = tk_kernels(&count)
    var best: tk_kernel?
    for index in 0..<count {
      guard let kernel = table?[index], String(cString: kernel.op) == op,
        Int(kernel.isa.rawValue) <= isa.rawValue
      else { continue }
      if let current = best, current.isa.rawValue >= kernel.isa.rawValue { continue }
      best = kernel
    }
    guard let function = best?.function else {
      throw KernelError(code: .missingKernel, message: "no kernel for '\(op)' at \(isa.name)")
    }
    return unsafeBitCast(function, to: type)
  }
}
