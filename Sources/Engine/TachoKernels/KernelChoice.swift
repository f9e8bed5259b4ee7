// SPDX-License-Identifier: Apache-2.0

/// Which kernels to take: an instruction set's defaults, or a named variant before them.
package struct KernelChoice: Sendable, Hashable, CustomStringConvertible {
  package let isa: ISA
  package let variant: String?

  package init(_ isa: ISA, variant: String? = nil) {
    self.isa = isa
    self.variant = variant
  }

  package func table() throws(KernelError) -> KernelTable {
    try KernelTable(isa: isa, variant: variant)
  }

  package var description: String { variant ?? isa.name }

  /// Every choice this CPU can run: what tests compare with the reference, and suites may sweep.
  package static let runnable: [KernelChoice] = {
    let defaults = ISA.runnable.map { KernelChoice($0) }
    var named: [KernelChoice] = []
    for kernel in KernelTable.all where kernel.isa.isRunnable && kernel.variant != kernel.isa.name {
      let choice = KernelChoice(kernel.isa, variant: kernel.variant)
      if !named.contains(choice) { named.append(choice) }
    }
    return defaults + named
  }()
}
