// SPDX-License-Identifier: Apache-2.0
import CTachoKernels

/// Multiply-adds in registers alone: the arithmetic peak that products are held against.
package struct PeakKernel: Sendable {
  /// What is multiplied: float32 summed in float32, pairs of bf16 in float32, int8 in int32.
  package enum Arithmetic: String, Sendable, CaseIterable {
    case f32, bf16, int8
  }

  package typealias Function = @convention(c) (_ rounds: Int) -> UInt64

  /// Does some multiply-adds a round and returns how many were done; exact up to 2^19 rounds.
  package let function: Function
  /// The instruction set of this kernel, which may be lower than the one asked for.
  package let isa: ISA

  /// The kernel of the highest instruction set not above `isa`.
  ///
  /// Plain C is no machine's peak: it is taken only when `isa` is the reference itself.
  package init(_ arithmetic: Arithmetic, isa: ISA) throws(KernelError) {
    var count = 0
    let table = tk_kernels(&count)
    var best: (kernel: tk_kernel, isa: ISA)?
    for index in 0..<count {
      guard let kernel = table?[index], String(cString: kernel.op) == "peak_\(arithmetic.rawValue)",
        let own = ISA(rawValue: Int(kernel.isa.rawValue)), own <= isa,
        String(cString: kernel.variant) == own.name
      else { continue }
      if best.map({ $0.isa < own }) ?? true { best = (kernel, own) }
    }
    guard let best, let function = best.kernel.function, best.isa != .ref || isa == .ref else {
      throw KernelError(
        code: .unsupportedISA,
        message: "\(isa.name) has no \(arithmetic.rawValue) arithmetic of its own")
    }
    self.function = unsafeBitCast(function, to: Function.self)
    self.isa = best.isa
  }
}
