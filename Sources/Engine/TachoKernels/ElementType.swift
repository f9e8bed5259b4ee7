// SPDX-License-Identifier: Apache-2.0
package import CTachoKernels

/// How a tensor's numbers are stored; raw values are GGUF's type ids.
package enum ElementType: UInt32, Sendable, Hashable, CaseIterable {
  case f32 = 0
  case f16 = 1
  case q4_0 = 2
  case q4_1 = 3
  case q5_0 = 6
  case q5_1 = 7
  case q8_0 = 8
  case q2_k = 10
  case q3_k = 11
  case q4_k = 12
  case q5_k = 13
  case q6_k = 14
  case bf16 = 30

  /// The name suites and tables use: `q4_0`, `f16` ...
  package var name: String { String(describing: self) }

  package init?(name: String) {
    guard let match = Self.allCases.first(where: { $0.name == name.lowercased() }) else {
      return nil
    }
    self = match
  }

  /// Weights per block; a row's length must be a multiple of it.
  package var blockCount: Int {
    switch self {
    case .f32, .f16, .bf16: return 1
    case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0: return 32
    case .q2_k, .q3_k, .q4_k, .q5_k, .q6_k: return 256
    }
  }

  /// Bytes per block.
  package var blockBytes: Int {
    switch self {
    case .f32: return 4
    case .f16, .bf16: return 2
    case .q4_0: return 18
    case .q4_1: return 20
    case .q5_0: return 22
    case .q5_1: return 24
    case .q8_0: return 34
    case .q2_k: return 84
    case .q3_k: return 110
    case .q4_k: return 144
    case .q5_k: return 176
    case .q6_k: return 210
    }
  }

  package var isQuantized: Bool { blockCount > 1 }

  package var bitsPerWeight: Double { Double(blockBytes * 8) / Double(blockCount) }

  /// Bytes of `count` weights; `count` must be a multiple of `blockCount`.
  package func bytes(for count: Int) -> Int { count / blockCount * blockBytes }

  package var cFormat: tk_format { tk_format(rawValue) }
}
