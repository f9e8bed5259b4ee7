// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import Testing

/// The peak kernels count the multiply-adds they do, whatever the instruction set.
@Suite struct PeakKernelTests {
  static let runnable = PeakKernel.Arithmetic.allCases.flatMap { arithmetic in
    ISA.allCases.filter { $0 <= ISA.best }.map { (arithmetic, $0) }
  }

  /// Multiply-adds of one round: accumulators times lanes, times the products summed in each lane.
  static func perRound(_ arithmetic: PeakKernel.Arithmetic, _ isa: ISA) -> UInt64? {
    switch (arithmetic, isa) {
    case (_, .ref): 8
    case (.f32, .avx2): 12 * 8
    case (.f32, .avx512): 16 * 16
    case (.int8, .avx2): 8 * 8 * 4
    case (.int8, .avx512): 16 * 16 * 4
    case (.bf16, .avx512bf16): 16 * 16 * 2
    case (.int8, .amx): 6 * 16 * 16 * 64
    case (.bf16, .amx): 6 * 16 * 16 * 32
    default: nil
    }
  }

  @Test(arguments: runnable)
  func countsItsWork(_ arithmetic: PeakKernel.Arithmetic, _ isa: ISA) throws {
    let kernel: PeakKernel
    do throws(KernelError) {
      kernel = try PeakKernel(arithmetic, isa: isa)
    } catch {
      #expect(error.code == .unsupportedISA && error.message.contains(arithmetic.rawValue))
      #expect(Self.perRound(arithmetic, isa) == nil)
      return
    }
    #expect(kernel.isa <= isa)
    let one = try #require(Self.perRound(arithmetic, kernel.isa))
    for rounds in [0, 1, 3, 1000] {
      #expect(kernel.function(rounds) == UInt64(rounds) * one, "\(arithmetic) \(isa) \(rounds)")
    }
    // Exact to the last round that is promised, where one more could round away.
    if kernel.isa == .amx { #expect(kernel.function(1 << 19) == one << 19) }
  }

  @Test func theHighestSetThatHasTheArithmetic() throws {
    #expect(try PeakKernel(.f32, isa: .ref).isa == .ref)
    if ISA.best >= .avx2 {
      #expect(throws: KernelError.self) { try PeakKernel(.bf16, isa: .avx2) }
    }
    if ISA.best >= .amx { #expect(try PeakKernel(.f32, isa: .amx).isa == .avx512) }
  }
}
