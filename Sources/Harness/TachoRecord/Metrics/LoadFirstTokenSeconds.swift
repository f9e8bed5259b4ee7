// SPDX-License-Identifier: Apache-2.0

/// How long a model takes from its file to the first token.
package enum LoadFirstTokenSeconds: MetricRule {
  package static let metric = Metric(
    id: "load/first-token-seconds", unit: .seconds, better: .lower,
    definition:
      """
      From opening the model's file to the logits of the first token after the prompt: load/seconds \
      and the first, cold prefill. Only kind load.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    observation.load == nil ? nil : .value(observation.seconds)
  }
}
