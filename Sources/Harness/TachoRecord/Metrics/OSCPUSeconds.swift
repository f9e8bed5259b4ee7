// SPDX-License-Identifier: Apache-2.0

/// The processor time a sample cost, over all threads.
package enum OSCPUSeconds: MetricRule {
  package static let metric = Metric(
    id: "os/cpu-seconds", unit: .seconds, better: .lower,
    definition:
      """
      User plus system time charged to the worker over the timed region, all threads; divided by \
      sample/seconds it is the mean number of busy processors. Null when the worker reported no resource usage.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.usageReading { $0.userSeconds + $0.systemSeconds }
  }
}
