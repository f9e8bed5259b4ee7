// SPDX-License-Identifier: Apache-2.0
import Foundation

@testable import TachoAnalysis

/// What scipy, numpy and statsmodels compute: `Golden/make_statistics.py` wrote it.
struct GoldenStatistics: Decodable {
  struct Distributions: Decodable {
    struct Normal: Decodable { let x, below, above: Double }
    struct Quantile: Decodable { let p, x: Double }
    struct Student: Decodable { let x, freedom, below: Double }
    struct StudentQuantile: Decodable { let p, freedom, x: Double }
    struct Beta: Decodable { let x, a, b, share: Double }
    struct Binomial: Decodable {
      let n: Int
      let p: Double
      let k: Int
      let atMost: Double
    }
    let normal: [Normal]
    let normalQuantiles: [Quantile]
    let student: [Student]
    let studentQuantiles: [StudentQuantile]
    let beta: [Beta]
    let binomial: [Binomial]
  }

  struct Percentiles: Decodable {
    struct Case: Decodable {
      let sample: String
      let p, value: Double
      let low, high: Double?
    }
    let samples: [String: [Double]]
    let cases: [Case]
  }

  /// P-values two-sided, less, greater.
  struct SignedRank: Decodable {
    let differences: [Double]
    let exact: [Double]?
    let asymptotic: [Double]
  }

  struct RankSum: Decodable {
    let x, y: [Double]
    let exact: [Double]?
    let asymptotic: [Double]
  }

  struct HodgesLehmannCases: Decodable {
    struct One: Decodable {
      let x: [Double]
      let centre: Double
      let interval: [Double]?
    }
    struct Two: Decodable {
      let x, y: [Double]
      let shift: Double
      let interval: [Double]?
    }
    let oneSample: [One]
    let twoSample: [Two]
  }

  struct Adjustment: Decodable { let p, holm, benjaminiHochberg: [Double] }

  struct Series: Decodable {
    let values: [Double]
    let size: Double
  }

  struct Components: Decodable {
    let launches: [[Double]]
    let between, within, share: Double
  }

  struct Power: Decodable {
    let n: Int
    let student: Double
    let critical: Int
    let chance: Double
  }

  let distributions: Distributions
  let percentiles: Percentiles
  let signedRank: [SignedRank]
  let rankSum: [RankSum]
  let hodgesLehmann: HodgesLehmannCases
  let adjustments: [Adjustment]
  let series: [Series]
  let components: [Components]
  let power: [Power]

  static func read() throws -> GoldenStatistics {
    try JSONDecoder().decode(GoldenStatistics.self, from: try data())
  }

  static func data() throws -> Data {
    guard
      let url = Bundle.module.url(
        forResource: "statistics", withExtension: "json", subdirectory: "Golden")
    else { throw CocoaError(.fileNoSuchFile) }
    return try Data(contentsOf: url)
  }

  /// Whether two numbers agree to so many parts, or to nearly nothing.
  static func agree(_ a: Double?, _ b: Double?, within relative: Double = 1e-11) -> Bool {
    guard let a, let b else { return a == nil && b == nil }
    return abs(a - b) <= relative * max(abs(a), abs(b)) + 1e-300
  }
}
