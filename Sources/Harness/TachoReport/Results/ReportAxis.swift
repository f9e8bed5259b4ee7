// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// One axis along which a benchmark's points differ: a swept path, or the machine, build, variant or
/// sweep they come from.
package struct ReportAxis: Sendable {
  package let path: String
  /// Distinct values in reading order: numbers by size, words in the order given, which is the plan's.
  package let values: [ConfigurationValue]
  /// The values as numbers, when all are.
  package let numbers: [Double]?
  private let indexes: [ConfigurationValue: Int]

  package init(path: String, values: some Sequence<ConfigurationValue>) {
    self.path = path
    var seen: Set<ConfigurationValue> = []
    let distinct = values.filter { seen.insert($0).inserted }
    let pairs = distinct.compactMap { value in value.doubleValue.map { (value, $0) } }
    if !pairs.isEmpty, pairs.count == distinct.count, pairs.allSatisfy({ $0.1.isFinite }) {
      let sorted = pairs.sorted { $0.1 < $1.1 }
      self.values = sorted.map(\.0)
      numbers = sorted.map(\.1)
    } else {
      self.values = distinct
      numbers = nil
    }
    indexes = Dictionary(uniqueKeysWithValues: self.values.enumerated().map { ($1, $0) })
  }

  package func level(of value: ConfigurationValue?) -> Int? {
    value.flatMap { indexes[$0] }
  }

  /// A level as a person reads it; a dash where a point has no value on this axis.
  package func text(_ level: Int?) -> String {
    level.map { values[$0].display } ?? "–"
  }

  package func number(_ level: Int?) -> Double? {
    level.flatMap { numbers?[$0] }
  }
}
