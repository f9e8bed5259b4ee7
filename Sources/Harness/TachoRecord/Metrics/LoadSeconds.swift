// SPDX-License-Identifier: Apache-2.0

/// How long a model takes until it can read a prompt.
package enum LoadSeconds: MetricRule {
  package static let metric = Metric(
    id: "load/seconds", unit: .seconds, better: .lower,
    definition:
      """
      From opening the model's file until the engine can read a prompt: mapping, parsing, repacking \
      weights, starting workers, allocating buffers. How much of the file was in the page cache shows in \
      load/resident-share. Only kind load.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.load.map { .value(Nanoseconds.seconds(from: observation.startNs, to: $0.readyNs)) }
  }
}
