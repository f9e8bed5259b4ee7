// SPDX-License-Identifier: Apache-2.0

extension OpenBLAS {
  /// The environment variable that names the processor whose kernels it takes; it is read when the
  /// library is loaded.
  package static let coreVariable = "OPENBLAS_CORETYPE"

  /// Its cores whose kernels are written for AVX-512, and those for AVX2.
  private static let wideCores = ["SkylakeX", "Cooperlake", "SapphireRapids"]
  private static let middleCores = ["Haswell", "Zen", "Excavator"]

  /// The core to ask for where the library took an older one than this CPU is; nil where it did not.
  ///
  /// OpenBLAS takes the kernels of Prescott, a tenth of the rate, for a processor that came after it.
  package static var betterCore: String? {
    #if arch(x86_64)
      let core = core
      if wideCores.contains(core) { return nil }
      if ISA.best >= .avx512 { return "SkylakeX" }
      if ISA.best >= .avx2, !middleCores.contains(core) { return "Haswell" }
    #endif
    return nil
  }
}
