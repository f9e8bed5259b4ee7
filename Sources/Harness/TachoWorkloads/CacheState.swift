// SPDX-License-Identifier: Apache-2.0
import TachoCatalog

/// In which state the caches are when a timed kernel call begins: `kernel.cache`.
enum CacheState: String, CaseIterable {
  /// As the call before has left them.
  case hot
  /// Nothing that the call reads or writes is in any cache, the last level included.
  case llcFlushed = "llc-flushed"
  /// The weights or KV pages are in no cache; activations are as the call before has left them.
  case weightsCold = "weights-cold"

  static let knob = Knob(
    "kernel.cache", .choice(allCases.map(\.rawValue)), default: .string(CacheState.hot.rawValue),
    "State of the caches when a call begins: hot, as the call before left them; llc-flushed, all it reads "
      + "and writes evicted before each call; weights-cold, its weights or KV pages alone. Of gemv, gemm, "
      + "openblas, attention and quantize.")

  /// Of a configuration that was checked against the knob.
  init(_ settings: Settings) {
    self = settings.text(Self.knob.path).flatMap(Self.init) ?? .hot
  }

  /// Whether memory of this role is evicted.
  func evicts(_ role: CacheOperand.Role) -> Bool {
    switch self {
    case .hot: false
    case .llcFlushed: true
    case .weightsCold: role == .weights
    }
  }
}

/// Memory that a kernel call reads or writes.
struct CacheOperand {
  enum Role {
    /// What decoding streams from memory: weights, or keys and values.
    case weights
    case activations
  }

  let role: Role
  let bytes: UnsafeRawBufferPointer

  init(_ role: Role, _ start: UnsafeRawPointer, _ count: Int) {
    self.role = role
    bytes = UnsafeRawBufferPointer(start: start, count: count)
  }
}
