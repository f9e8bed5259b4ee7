// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import Glibc

/// The instruction sets kernels are written for, lowest first; each includes those of its architecture
/// before it, and `ref` runs anywhere.
package enum ISA: Int, Sendable, Comparable, CaseIterable {
  case ref = 0
  case avx2 = 1
  case avx512 = 2
  case avx512bf16 = 3
  case amx = 4
  case neon = 5

  package var name: String { String(describing: self) }

  package init?(name: String) {
    guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = match
  }

  package static func < (left: ISA, right: ISA) -> Bool { left.rawValue < right.rawValue }

  /// The best this CPU can run.
  package static let best = ISA(rawValue: Int(tk_best_isa().rawValue)) ?? .ref

  /// What this CPU can run, lowest first.
  package static let runnable = allCases.filter(\.isRunnable)

  /// Whether this CPU can run it: of this architecture, and not above its best.
  package var isRunnable: Bool { isOfThisArchitecture && self <= Self.best }

  /// Whether kernels for it are compiled in.
  private var isOfThisArchitecture: Bool {
    switch self {
    case .ref: return true
    case .avx2, .avx512, .avx512bf16, .amx:
      #if arch(x86_64)
        return true
      #else
        return false
      #endif
    case .neon:
      #if arch(arm64)
        return true
      #else
        return false
      #endif
    }
  }

  /// The set to use: `requested` if given, else the environment's `TACHO_ISA`, else the best.
  package static func resolve(_ requested: String?) throws(KernelError) -> ISA {
    var name = requested.flatMap { $0 == "auto" ? nil : $0 }
    if name == nil, let environment = getenv("TACHO_ISA") {
      name = String(cString: environment)
      if name == "auto" || name == "" { name = nil }
    }
    guard let name else { return best }
    guard let isa = ISA(name: name) else {
      throw KernelError(
        code: .unknownISA,
        message: "unknown instruction set '\(name)': use auto, "
          + allCases.map(\.name).joined(separator: ", "))
    }
    guard isa.isRunnable else {
      throw KernelError(
        code: .unsupportedISA,
        message: "this CPU cannot run the \(name) kernels; it runs "
          + runnable.map(\.name).joined(separator: ", "))
    }
    return isa
  }
}

/// A request that the kernels cannot meet.
package struct KernelError: Error, CustomStringConvertible, Sendable {
  package enum Code: String, Sendable {
    case unknownISA, unsupportedISA, shape, missingKernel, hugePages
  }
  package let code: Code
  package let message: String
  package var description: String { message }
}
