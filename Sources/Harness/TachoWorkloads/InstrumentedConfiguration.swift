// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoKernels
package import TachoRecord

/// How a point's work is done under valgrind, which runs no AVX-512 and no two threads at a time.
package enum InstrumentedConfiguration {
  /// The point's settings with the AVX2 kernels, one thread, and one kernel call in a sample unless the
  /// point says how many; throws why it cannot be done so.
  package static func of(_ point: Point) throws -> Configuration {
    let settings = point.configuration
    let program = WorkerProgram(settings)
    guard program == .native else {
      throw WorkloadError(
        .unsupported, "callgrind counts Tacho's own engine only, not \(program.rawValue)")
    }
    #if !arch(x86_64)
      throw WorkloadError(.unsupported, "callgrind's requests are written for x86-64 only")
    #endif
    var changes: [String: ConfigurationValue] = ["engine.threads": 1]
    let asked = settings["engine.isa"]?.stringValue ?? "auto"
    let isa = asked == "auto" ? ISA.avx2 : ISA(name: asked) ?? .avx2
    guard isa <= .avx2 else {
      throw WorkloadError(
        .unsupported,
        "valgrind runs instructions up to AVX2, engine.isa is \(isa.name): other kernels would be counted"
      )
    }
    changes["engine.isa"] = .string(isa.name)
    if let variant = settings["engine.kernel_variant"]?.stringValue, !variant.isEmpty,
      !KernelTable.all.contains(where: { $0.variant == variant && $0.isa <= isa })
    {
      throw WorkloadError(
        .unsupported,
        "valgrind runs instructions up to AVX2, the kernel variant '\(variant)' needs more")
    }
    if let state = settings[CacheState.knob.path]?.stringValue, state != CacheState.hot.rawValue {
      throw WorkloadError(
        .unsupported,
        "callgrind simulates caches of its own, which kernel.cache: \(state) does not reach")
    }
    if point.kind == KernelWorkload.kind.name, (settings["kernel.iterations"]?.intValue ?? 0) == 0 {
      changes["kernel.iterations"] = 1
    }
    return settings.merging(Configuration(changes))
  }
}
