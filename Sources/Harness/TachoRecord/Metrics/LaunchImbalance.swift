// SPDX-License-Identifier: Apache-2.0

/// How unevenly launches are shared.
package enum LaunchImbalance: MetricRule {
  package static let metric = Metric(
    id: "launch/imbalance", unit: .ratio, better: .lower,
    definition:
      """
      The longest worker's time over the mean worker's, minus 1, over all launches with \
      several workers, weighted by their time. Null with one worker.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    LaunchAccount.reading(of: observation) { a in
      a.meanBusyNs > 0
        ? .value(Double(a.longestBusyNs) / a.meanBusyNs - 1)
        : .unavailable("no launch had several workers")
    }
  }
}
