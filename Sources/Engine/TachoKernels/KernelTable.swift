// SPDX-License-Identifier: Apache-2.0
package import CTachoKernels

/// The C kernels by operation, at the best instruction set not above the one asked for.
///
/// A kernel whose variant is named like its instruction set is that set's default; any other variant
/// is taken only when it is asked for by name, so that it can be compared with the default.
package struct KernelTable: Sendable {
  package typealias Quantize = @convention(c) (UnsafePointer<tk_quantize_args>, Int, Int) -> Void
  package typealias MatmulQ8 =
    @convention(c) (UnsafePointer<tk_matmul_q8_args>, Int, Int, UnsafeMutableRawPointer) -> Void
  package typealias Panel =
    @convention(c) (UnsafePointer<tk_panel_args>, Int, Int, UnsafeMutableRawPointer) -> Void
  package typealias QuantizePanel =
    @convention(c) (UnsafePointer<Float>, UnsafePointer<tk_panel_activations>, Int, Int) -> Void
  package typealias MatmulF32 =
    @convention(c) (UnsafePointer<tk_matmul_f32_args>, Int, Int, UnsafeMutableRawPointer) -> Void
  package typealias TransposeTile =
    @convention(c) (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<Float>, Int, Int) -> Void
  package typealias RoundBF16 =
    @convention(c) (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  package typealias Attention =
    @convention(c) (UnsafePointer<tk_attention_args>, UnsafeMutableRawPointer) -> Void
  package typealias AttentionMerge =
    @convention(c) (UnsafePointer<Float>, Int, Int, Int, UnsafeMutablePointer<Float>) -> Void
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
  package typealias Copy =
    @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer, Int) -> Void
  package typealias Chase = @convention(c) (UnsafeRawPointer, Int) -> UnsafeRawPointer

  package let isa: ISA
  package let quantizeRows: Quantize
  package let quantizeTiles: Quantize
  package let matmulF32: MatmulF32
  package let matmulTileF32: MatmulF32
  package let transposeTile: TransposeTile
  package let matmulBF16: MatmulF32
  package let matmulTileBF16: MatmulF32
  package let packTileBF16: TransposeTile
  package let roundBF16: RoundBF16
  package let attentionMerge: AttentionMerge
  package let rmsnorm: RMSNorm
  package let rope: RoPE
  package let swiglu: SwiGLU
  package let add: Add
  package let read: Read
  package let copy: Copy
  package let copyStream: Copy
  package let chase: Chase
  package let quantizePanel: QuantizePanel?
  private let panelKernels: [ElementType: (few: Panel, many: Panel)]
  private let rowKernels: [ElementType: MatmulQ8]
  private let tileKernels: [ElementType: MatmulQ8]
  private let attentionKernels: [KVFormat: Attention]
  private let kvWriteKernels: [KVFormat: KVWrite]

  package init(isa: ISA, variant: String? = nil) throws(KernelError) {
    if let variant, !Self.all.contains(where: { $0.variant == variant && $0.isa <= isa }) {
      throw KernelError(
        code: .missingKernel,
        message:
          "no kernel has the variant '\(variant)' at \(isa.name); 'tacho list kernels' shows them")
    }
    self.isa = isa
    quantizeRows = try Self.find("quantize_rows_q8", isa, variant, as: Quantize.self)
    quantizeTiles = try Self.find("quantize_tiles_q8", isa, variant, as: Quantize.self)
    matmulF32 = try Self.find("matmul_f32", isa, variant, as: MatmulF32.self)
    matmulTileF32 = try Self.find("matmul_tile_f32", isa, variant, as: MatmulF32.self)
    transposeTile = try Self.find("transpose_tile", isa, variant, as: TransposeTile.self)
    matmulBF16 = try Self.find("matmul_bf16", isa, variant, as: MatmulF32.self)
    matmulTileBF16 = try Self.find("matmul_tile_bf16", isa, variant, as: MatmulF32.self)
    packTileBF16 = try Self.find("pack_tile_bf16", isa, variant, as: TransposeTile.self)
    roundBF16 = try Self.find("round_bf16", isa, variant, as: RoundBF16.self)
    attentionMerge = try Self.find("attention_merge", isa, variant, as: AttentionMerge.self)
    rmsnorm = try Self.find("rmsnorm", isa, variant, as: RMSNorm.self)
    rope = try Self.find("rope", isa, variant, as: RoPE.self)
    swiglu = try Self.find("swiglu", isa, variant, as: SwiGLU.self)
    add = try Self.find("add", isa, variant, as: Add.self)
    read = try Self.find("read", isa, variant, as: Read.self)
    copy = try Self.find("copy", isa, variant, as: Copy.self)
    copyStream = try Self.find("copy_stream", isa, variant, as: Copy.self)
    chase = try Self.find("chase", isa, variant, as: Chase.self)
    var rows: [ElementType: MatmulQ8] = [:]
    var tiles: [ElementType: MatmulQ8] = [:]
    for type in ElementType.allCases where type.isQuantized {
      rows[type] = try Self.find("matmul_\(type.name)_q8", isa, variant, as: MatmulQ8.self)
      tiles[type] = try Self.find("matmul_tile_\(type.name)_q8", isa, variant, as: MatmulQ8.self)
    }
    var panels: [ElementType: (few: Panel, many: Panel)] = [:]
    for type in ElementType.allCases where type.isQuantized {
      guard let few = Self.findVector("panel_few_\(type.name)", isa, variant, as: Panel.self),
        let many = Self.findVector("panel_many_\(type.name)", isa, variant, as: Panel.self)
      else { continue }
      panels[type] = (few, many)
    }
    panelKernels = panels
    quantizePanel = Self.findVector("quantize_panel", isa, variant, as: QuantizePanel.self)
    rowKernels = rows
    tileKernels = tiles
    var attention: [KVFormat: Attention] = [:]
    var kvWrite: [KVFormat: KVWrite] = [:]
    for format in KVFormat.allCases {
      let name = format.rawValue
      attention[format] = try Self.find("attention_\(name)", isa, variant, as: Attention.self)
      kvWrite[format] = try Self.find("kv_write_\(name)", isa, variant, as: KVWrite.self)
    }
    attentionKernels = attention
    kvWriteKernels = kvWrite
  }

  /// The kernel for few activation rows; nil for float formats, which take `matmulF32`.
  package func matmulRowsQ8(_ type: ElementType) -> MatmulQ8? { rowKernels[type] }

  /// The kernel for many activation rows, in tiles of `TK_TILE`.
  package func matmulTilesQ8(_ type: ElementType) -> MatmulQ8? { tileKernels[type] }

  /// The kernels for repacked weights, for few and for many activation rows; nil where this
  /// instruction set has none of its own: then rows of blocks are read as they lie in the file.
  ///
  /// The reference kernels of panels are there to be compared with, never taken.
  package func panels(_ type: ElementType) -> (few: Panel, many: Panel)? { panelKernels[type] }

  /// Attention over pages of this format; there is one for each format.
  package func attention(_ format: KVFormat) -> Attention? { attentionKernels[format] }

  /// What writes keys and values into pages of this format; there is one for each format.
  package func kvWrite(_ format: KVFormat) -> KVWrite? { kvWriteKernels[format] }

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

  private static func find<Function>(
    _ op: String, _ isa: ISA, _ variant: String?, as type: Function.Type
  ) throws(KernelError) -> Function {
    guard let function = findIfPresent(op, isa, variant, as: type) else {
      throw KernelError(code: .missingKernel, message: "no kernel for '\(op)' at \(isa.name)")
    }
    return function
  }

  /// A kernel of an operation that only some instruction sets have; not its reference.
  private static func findVector<Function>(
    _ op: String, _ isa: ISA, _ variant: String?, as type: Function.Type
  ) -> Function? {
    // A variant that is a lower instruction set's means that set, which may have none.
    let own = variant.flatMap(ISA.init(name:)).map { min(isa, $0) } ?? isa
    return findIfPresent(op, own, variant, above: .ref, as: type)
  }

  private static func findIfPresent<Function>(
    _ op: String, _ isa: ISA, _ variant: String?, above least: ISA? = nil, as type: Function.Type
  ) -> Function? {
    var count = 0
    let table = tk_kernels(&count)
    var best: (kernel: tk_kernel, isa: ISA)?
    for index in 0..<count {
      guard let kernel = table?[index], String(cString: kernel.op) == op,
        let own = ISA(rawValue: Int(kernel.isa.rawValue)), own <= isa,
        least.map({ $0 < own }) ?? true
      else { continue }
      let name = String(cString: kernel.variant)
      if name == variant {
        best = (kernel, own)
        break
      }
      if name == own.name, best.map({ $0.isa < own }) ?? true { best = (kernel, own) }
    }
    return best?.kernel.function.map { unsafeBitCast($0, to: type) }
  }
}
