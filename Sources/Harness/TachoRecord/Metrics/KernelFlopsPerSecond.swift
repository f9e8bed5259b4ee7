// SPDX-License-Identifier: Apache-2.0

/// The arithmetic rate of a kernel.
package enum KernelFlopsPerSecond: MetricRule {
  package static let metric = Metric(
    id: "kernel/flops-per-second", unit: .flopsPerSecond, better: .higher,
    definition:
      """
      Declared floating-point (or integer multiply-add) operations of the timed region over its length; \
      a multiply-add is two. Null when the worker declared none.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .kernel else { return nil }
    guard let flops = observation.flops, flops > 0 else {
      return .unavailable("the worker declared no operations")
    }
    return observation.rate(flops)
  }
}
