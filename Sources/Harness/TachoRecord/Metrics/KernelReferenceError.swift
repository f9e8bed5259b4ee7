// SPDX-License-Identifier: Apache-2.0

/// Whether a fast kernel is also a right one.
package enum KernelReferenceError: MetricRule {
  package static let metric = Metric(
    id: "kernel/reference-error", unit: .ratio, better: .lower,
    definition:
      """
      Euclidean norm of the difference from the reference kernel's result over the norm of that \
      result. Null when the worker did not compare.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .kernel else { return nil }
    guard let error = observation.referenceError else {
      return .unavailable("the worker did not compare with a reference")
    }
    return .value(error)
  }
}
