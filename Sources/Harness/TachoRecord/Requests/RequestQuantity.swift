// SPDX-License-Identifier: Apache-2.0

/// A metric of one request, and of a load run as a distribution over its requests.
///
/// As a `MetricRule` it is the request's own figure (mode `request`); `MetricRules` derives
/// `serve/<distributionName>/<statistic>` from it for load runs. To add one: a file in
/// `Metrics/` and one line in `MetricRules.defined`, as for any metric.
package protocol RequestQuantity: MetricRule {
  static var distributionName: String { get }
  /// The figures of its distribution; by default the middle and the bad tail, and the mean of times.
  static var statistics: [any RequestStatistic.Type] { get }
  /// What a request contributes: one value, or one for each token or gap.
  static func values(of request: RequestMetrics) -> RequestValues
}

extension RequestQuantity {
  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .request else { return nil }
    return values(of: RequestMetrics(RequestRecord(observation))).median
  }

  /// Rates have no mean: the mean of rates is not the rate of the whole.
  package static var statistics: [any RequestStatistic.Type] {
    metric.better == .higher
      ? [MedianOfRequests.self, Percentile10.self, Percentile1.self]
      : [MedianOfRequests.self, Percentile90.self, Percentile99.self, MeanOfRequests.self]
  }

  package static var distributions: [any MetricRule.Type] {
    func rule<S: RequestStatistic>(_ statistic: S.Type) -> any MetricRule.Type {
      RequestDistribution<Self, S>.self
    }
    return statistics.map { rule($0) }
  }
}

/// A statistic of a quantity over the completed requests of a load run.
package enum RequestDistribution<Quantity: RequestQuantity, Statistic: RequestStatistic>: MetricRule
{
  package static var metric: Metric {
    let own = Quantity.metric
    return Metric(
      id: "serve/\(Quantity.distributionName)/\(Statistic.name)", unit: own.unit,
      better: own.better, version: own.version,
      definition: "\(Statistic.words) of \(own.id) over a load run's completed requests"
        + " that have one; values of each token or gap are pooled. \(own.id) is:"
        + " \(own.definition.split(separator: ". ", maxSplits: 1).first ?? "")."
        + " Null when none has, or for fewer than \(Statistic.fewest) values.")
  }

  package static var peers: [String] { Quantity.peers }

  package static func reading(of observation: Observation) -> Reading? {
    guard observation.mode == .serve else { return nil }
    var pooled: [WeightedValue] = []
    var reason: String?
    let completed = LoadRun(observation).completed
    guard !completed.isEmpty else { return .unavailable("no request was completed") }
    for request in completed {
      switch Quantity.values(of: request) {
      case .values(let values): pooled += values
      case .unavailable(let text): reason = reason ?? text
      }
    }
    guard !pooled.isEmpty else { return .unavailable("no request has one: \(reason ?? "")") }
    guard pooled.count >= Statistic.fewest else {
      return .unavailable(
        "\(Statistic.name) of \(pooled.count) values: \(Statistic.fewest) or more")
    }
    return .value(Statistic.value(of: WeightedSample(pooled)))
  }
}
