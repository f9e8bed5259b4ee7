// SPDX-License-Identifier: Apache-2.0

/// How often memory itself is asked, in a simulated cache.
package enum CallgrindLastLevelMisses: InstrumentMetricRule {
  package static let metric = Metric(
    id: "callgrind/ll-misses", unit: .count, better: .lower,
    definition:
      """
      Accesses that miss a simulated last-level cache (32 MiB, 16 ways; ILmr + DLmr + DLmw of callgrind) \
      per kernel call, per token read or generated, or per load, after one warm-up repetition. Null with the \
      reason when nothing could be counted.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.callgrindReading(["ILmr", "DLmr", "DLmw"])
  }
}
