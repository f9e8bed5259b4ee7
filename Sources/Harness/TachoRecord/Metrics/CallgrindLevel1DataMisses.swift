// SPDX-License-Identifier: Apache-2.0

/// How often data are not in the simulated first-level cache.
package enum CallgrindLevel1DataMisses: InstrumentMetricRule {
  package static let metric = Metric(
    id: "callgrind/l1d-misses", unit: .count, better: .lower,
    definition:
      """
      Reads and writes that miss a simulated first-level data cache (48 KiB, 12 ways; D1mr + D1mw of callgrind) \
      per kernel call, per token read or generated, or per load, after one warm-up repetition. Null with the \
      reason when nothing could be counted.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.callgrindReading(["D1mr", "D1mw"])
  }
}
