// SPDX-License-Identifier: Apache-2.0

/// One figure of a distribution over requests; percentiles are type 7 (linear, numpy's default).
package protocol RequestStatistic: Sendable {
  static var name: String { get }
  /// How a definition begins.
  static var words: String { get }
  /// Fewer values than this have no such figure: a tail must have something in it.
  static var fewest: Int { get }
  static func value(of sample: WeightedSample) -> Double
}

package enum MedianOfRequests: RequestStatistic {
  package static let name = "p50"
  package static let words = "Median"
  package static let fewest = 1
  package static func value(of sample: WeightedSample) -> Double { sample.percentile(50) }
}

package enum Percentile90: RequestStatistic {
  package static let name = "p90"
  package static let words = "90th percentile (type 7)"
  package static let fewest = 10
  package static func value(of sample: WeightedSample) -> Double { sample.percentile(90) }
}

package enum Percentile99: RequestStatistic {
  package static let name = "p99"
  package static let words = "99th percentile (type 7)"
  package static let fewest = 100
  package static func value(of sample: WeightedSample) -> Double { sample.percentile(99) }
}

package enum Percentile10: RequestStatistic {
  package static let name = "p10"
  package static let words = "10th percentile (type 7), the slow tail of a rate,"
  package static let fewest = 10
  package static func value(of sample: WeightedSample) -> Double { sample.percentile(10) }
}

package enum Percentile1: RequestStatistic {
  package static let name = "p1"
  package static let words = "1st percentile (type 7), the slow tail of a rate,"
  package static let fewest = 100
  package static func value(of sample: WeightedSample) -> Double { sample.percentile(1) }
}

package enum MeanOfRequests: RequestStatistic {
  package static let name = "mean"
  package static let words = "Arithmetic mean"
  package static let fewest = 1
  package static func value(of sample: WeightedSample) -> Double { sample.mean }
}
