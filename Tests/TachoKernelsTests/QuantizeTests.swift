// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels
import Testing

/// Activations to int8: the definition (scale = largest / 127, nearest code), in both layouts.
@Suite struct QuantizeTests {
  static let isas = ISA.runnable

  private struct Quantized {
    var q: [Int8]
    var scales: [Float]
    var sums: [Float]
  }

  @Test(arguments: isas, [32, 96, 256, 576])
  func rowsFollowTheDefinition(_ isa: ISA, _ columns: Int) throws {
    let source = Self.source(seed: UInt64(columns), rows: 3, columns: columns)
    let result = try quantize(source, rows: 3, columns: columns, isa: isa, tiles: false)
    for block in 0..<3 * columns / 32 {
      let values = source[32 * block..<32 * (block + 1)]
      let largest = values.reduce(0) { max($0, abs($1)) }
      let scale = result.scales[block]
      #expect(abs(scale - largest / 127) <= 1e-6 * scale)
      for (index, value) in values.enumerated() {
        let code = result.q[32 * block + index]
        #expect(abs(Int(code)) <= 127)
        // Half a step, and the rounding of the division.
        #expect(abs(Float(code) * scale - value) <= scale * 0.50002)
      }
    }
  }

  @Test(arguments: isas, [5, 16, 17, 40])
  func tilesHoldTheSameCodesAsRows(_ isa: ISA, _ rows: Int) throws {
    let columns = 96
    let source = Self.source(seed: UInt64(rows), rows: rows, columns: columns)
    let plain = try quantize(source, rows: rows, columns: columns, isa: isa, tiles: false)
    let tiled = try quantize(source, rows: rows, columns: columns, isa: isa, tiles: true)
    let lanes = Int(TK_TILE)
    let blocks = columns / 32
    for row in 0..<(rows + lanes - 1) / lanes * lanes {
      let (tile, lane) = (row / lanes, row % lanes)
      for column in 0..<columns {
        let at = ((tile * columns / 4 + column / 4) * lanes + lane) * 4 + column % 4
        #expect(tiled.q[at] == (row < rows ? plain.q[row * columns + column] : 0))
      }
      for block in 0..<blocks {
        let at = (tile * blocks + block) * lanes + lane
        #expect(tiled.scales[at] == (row < rows ? plain.scales[row * blocks + block] : 0))
      }
      for half in 0..<2 * blocks where row < rows {
        let codes = plain.q[row * columns + 16 * half..<row * columns + 16 * (half + 1)]
        let sum = plain.scales[row * blocks + half / 2] * Float(codes.reduce(0) { $0 + Int($1) })
        #expect(tiled.sums[(tile * 2 * blocks + half) * lanes + lane] == sum)
      }
    }
  }

  @Test(arguments: isas.filter { $0 != .ref })
  func instructionSetsGiveTheSameCodes(_ isa: ISA) throws {
    for tiles in [false, true] {
      let source = Self.source(seed: 9, rows: 21, columns: 320)
      let expected = try quantize(source, rows: 21, columns: 320, isa: .ref, tiles: tiles)
      let actual = try quantize(source, rows: 21, columns: 320, isa: isa, tiles: tiles)
      #expect(actual.q == expected.q && actual.scales == expected.scales)
      #expect(actual.sums == expected.sums)
    }
  }

  /// Zeros stay zeros; a block with numbers that are none must not disturb its neighbours.
  @Test(arguments: isas)
  func extremesStayInTheirBlock(_ isa: ISA) throws {
    var source = Self.source(seed: 2, rows: 1, columns: 224)
    let clean = try quantize(source, rows: 1, columns: 224, isa: isa, tiles: false)
    for index in 0..<32 { source[index] = 0 }
    source[40] = .nan
    source[72] = .infinity
    for index in 96..<128 { source[index] = .leastNonzeroMagnitude }
    source[130] = 3e38
    source[131] = -3e38
    let result = try quantize(source, rows: 1, columns: 224, isa: isa, tiles: false)
    #expect(result.scales[0] == 0 && result.q[0..<32].allSatisfy { $0 == 0 })
    #expect(result.q[130] == 127 && result.q[131] == -127)
    #expect(result.scales[3] <= .leastNonzeroMagnitude)
    #expect(Array(result.q[160...]) == Array(clean.q[160...]))
    #expect(result.scales[5...] == clean.scales[5...])
  }

  /// Random rows; some blocks large, some small, ties between codes included.
  private static func source(seed: UInt64, rows: Int, columns: Int) -> [Float] {
    var random = TestRandom(seed: seed)
    return (0..<rows * columns).map { index in
      let size: Float = [1, 1e-6, 1e4, 0x1p-3][index / 32 % 4]
      if index % 32 == 0 { return 127 * size }
      return index % 7 == 0 ? (Float(index % 90) + 0.5) * size : 20 * random.normal() * size
    }
  }

  private func quantize(_ source: [Float], rows: Int, columns: Int, isa: ISA, tiles: Bool) throws
    -> Quantized
  {
    let kernels = try KernelTable(isa: isa)
    let count = tiles ? (rows + Int(TK_TILE) - 1) / Int(TK_TILE) : rows
    let padded = tiles ? count * Int(TK_TILE) : rows
    let q = AlignedBuffer<Int8>(count: padded * columns)
    let scales = AlignedBuffer<Float>(count: padded * columns / 32)
    let sums = AlignedBuffer<Float>(count: tiles ? padded * columns / 16 : 0)
    source.withUnsafeBufferPointer { source in
      var args = tk_quantize_args(
        source: source.baseAddress, rows: rows, columns: columns, q: q.pointer,
        scales: scales.pointer, sums: sums.pointer)
      // Divided as workers would: the parts must not overlap.
      for part in 0..<count {
        (tiles ? kernels.quantizeTiles : kernels.quantizeRows)(&args, part, part + 1)
      }
    }
    return Quantized(q: Array(q.buffer), scales: Array(scales.buffer), sums: Array(sums.buffer))
  }
}
