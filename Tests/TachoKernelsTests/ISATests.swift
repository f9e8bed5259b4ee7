// SPDX-License-Identifier: Apache-2.0
import TachoKernels
import Testing

/// Levels of two architectures in one list: only this one's are run.
@Suite struct ISATests {
  @Test func levelsOfOneArchitectureAreRunnable() throws {
    #expect(ISA.runnable.first == .ref)
    #expect(ISA.runnable.last == ISA.best)
    #expect(!(ISA.neon.isRunnable && ISA.avx2.isRunnable))
    for isa in ISA.runnable { #expect(try ISA.resolve(isa.name) == isa) }
    // What is compiled in is of the architecture that runs it, though it may be above this CPU's best.
    for kernel in KernelTable.all {
      #expect(kernel.isa.isRunnable || kernel.isa > ISA.best, "\(kernel)")
    }
  }

  @Test func anotherLevelIsRefusedWithWhatRuns() {
    let names = ISA.runnable.map(\.name).joined(separator: ", ")
    for isa in ISA.allCases where !isa.isRunnable {
      let error = #expect(throws: KernelError.self) { try ISA.resolve(isa.name) }
      #expect(error?.code == .unsupportedISA)
      #expect(
        error?.message == "this CPU cannot run the \(isa.name) kernels; it runs \(names)")
    }
  }
}
