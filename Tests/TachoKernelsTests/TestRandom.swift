// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import TachoKernels

/// SplitMix64: random test data from a seed that failures print.
struct TestRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// About normal: the sum of twelve uniform numbers.
  mutating func normal() -> Float {
    (0..<12).reduce(Float(-6)) { sum, _ in sum + Float(next() >> 40) * 0x1p-24 }
  }

  /// Random codes in every block, with scales that make weights of ordinary size.
  mutating func weights(_ type: ElementType, rows: Int, columns: Int) throws -> WeightMatrix {
    let memory = AlignedBuffer<UInt8>(count: type.bytes(for: columns) * rows)
    for index in 0..<memory.count { memory.pointer[index] = UInt8(truncatingIfNeeded: next()) }
    for block in stride(from: 0, to: memory.count, by: type.blockBytes) {
      for offset in scaleOffsets(type) { store(0.01 + 0.01 * normal(), at: block + offset, memory) }
      if type == .f32 {
        UnsafeMutableRawPointer(memory.pointer).storeBytes(
          of: normal(), toByteOffset: block, as: Float.self)
      } else if type == .bf16 {
        UnsafeMutableRawPointer(memory.pointer).storeBytes(
          of: tk_float_to_bfloat(normal()), toByteOffset: block, as: UInt16.self)
      }
    }
    return try WeightMatrix(
      bytes: UnsafeRawBufferPointer(memory.buffer), type: type, rows: rows, columns: columns,
      owner: memory)
  }

  private func store(_ value: Float, at offset: Int, _ memory: AlignedBuffer<UInt8>) {
    UnsafeMutableRawPointer(memory.pointer).storeBytes(
      of: tk_float_to_half(value), toByteOffset: offset, as: UInt16.self)
  }

  /// Where a block keeps its half-precision numbers.
  private func scaleOffsets(_ type: ElementType) -> [Int] {
    switch type {
    case .f32, .bf16: return []
    case .f16, .q4_0, .q5_0, .q8_0: return [0]
    case .q4_1, .q5_1, .q4_k, .q5_k: return [0, 2]
    case .q2_k: return [80, 82]
    case .q3_k: return [108]
    case .q6_k: return [208]
    }
  }
}
