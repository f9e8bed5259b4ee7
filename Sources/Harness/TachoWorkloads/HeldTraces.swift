// SPDX-License-Identifier: Apache-2.0
package import TachoKernels
package import TachoRecord

/// What was recorded in the samples so far, until the harness asks for it.
package struct HeldTraces {
  /// Launches held at most, about 300 MB of them; later samples keep their steps only.
  private static let capacity = 1 << 22

  private var traces: [Int: (trace: LaunchTrace, isPartial: Bool)] = [:]
  private var launches = 0

  package init() {}

  package mutating func hold(_ recorded: (trace: LaunchTrace, isPartial: Bool), of index: Int) {
    var trace = recorded.trace
    if launches + trace.launches.count > Self.capacity {
      trace.omitted += trace.launches.count
      trace.launches = []
      trace.workerNs = []
    }
    launches += trace.launches.count
    traces[index] = (trace, recorded.isPartial)
  }

  /// The trace in the harness's words; nil when none is held.
  ///
  /// It is made ready only now: between samples that would cost more than the samples' own pause.
  package mutating func release(_ index: Int, variant: String) -> SampleTrace? {
    guard let held = traces.removeValue(forKey: index) else { return nil }
    launches -= held.trace.launches.count
    return SampleTrace(held.trace, variant: variant, isPartial: held.isPartial)
  }
}
