// SPDX-License-Identifier: Apache-2.0

/// How often a simulated predictor is wrong.
package enum CallgrindBranchMisses: InstrumentMetricRule {
  package static let metric = Metric(
    id: "callgrind/branch-misses", unit: .count, better: .lower,
    definition:
      """
      Branches and indirect jumps that a simulated predictor gets wrong (Bcm + Bim of callgrind) \
      per kernel call, per token read or generated, or per load, after one warm-up repetition. Null with the \
      reason when nothing could be counted.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.callgrindReading(["Bcm", "Bim"])
  }
}
