// SPDX-License-Identifier: Apache-2.0

/// How much of the model was in the page cache before it was loaded.
package enum LoadResidentShare: MetricRule {
  package static let metric = Metric(
    id: "load/resident-share", unit: .ratio, better: .neither,
    definition:
      """
      Pages of the model's files that were in memory right before the timed region over all of their pages \
      (mincore). With model.page_cache: dropped a sample fails when it exceeds 1%. Null where the system \
      does not tell: files of another user that may not be written. Only kind load.
      """)

  package static func reading(of observation: Observation) -> Reading? {
    guard let load = observation.load else { return nil }
    return load.residentShare.map { .value($0) }
      ?? .unavailable(load.residencyProblem ?? "the worker did not report it")
  }
}
