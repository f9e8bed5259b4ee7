// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// What launches of one name have to do in a forward pass at the least, as a worker declares it in the
/// run's fact `engine.operations`: minimum traffic and arithmetic, whichever kernel does them.
///
/// `{NAME: {launches, arithmetic, weight_bytes, flops_per_row, rows, kv_bytes_per_token,
/// flops_per_row_and_token}}`; amounts are of all launches of a pass together, those that are 0 are left
/// out.
package struct OperationWork: Sendable, Hashable {
  package static let fact = "engine.operations"

  /// The rows of a batch that are multiplied.
  package enum Rows: String, Sendable, Hashable {
    case all
    /// Those whose logits are wanted: one of each sequence.
    case wanted
  }

  package var op: String
  /// Launches of this name in a pass that has all of them.
  package var launches: Int
  /// Weights read once, however many rows there are.
  package var weightBytes: Double
  /// A multiply-add is two.
  package var flopsPerRow: Double
  package var rows: Rows
  /// Keys and values read of each token of the context.
  package var kvBytesPerToken = 0.0
  package var flopsPerRowAndToken = 0.0
  /// What it multiplies in: the peak it is held against.
  package var arithmetic: String

  package init(
    op: String, launches: Int, weightBytes: Double = 0, flopsPerRow: Double = 0, rows: Rows = .all,
    arithmetic: String
  ) {
    self.op = op
    self.launches = launches
    self.weightBytes = weightBytes
    self.flopsPerRow = flopsPerRow
    self.rows = rows
    self.arithmetic = arithmetic
  }

  /// Of a run, by name; empty where the worker declared nothing, without those it declared in a way that
  /// cannot be read.
  package static func byName(_ facts: [String: ConfigurationValue]) -> [String: OperationWork] {
    guard case .object(let members)? = facts[fact] else { return [:] }
    return members.reduce(into: [:]) { result, member in
      if case .object(let values) = member.value {
        result[member.key] = OperationWork(op: member.key, values)
      }
    }
  }

  private init?(op: String, _ values: [String: ConfigurationValue]) {
    guard let launches = values["launches"]?.intValue, launches > 0,
      let arithmetic = values["arithmetic"]?.stringValue
    else { return nil }
    func amount(_ name: String) -> Double? {
      guard let value = values[name] else { return 0 }
      return value.doubleValue.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
    }
    guard let weights = amount("weight_bytes"), let flops = amount("flops_per_row"),
      let kv = amount("kv_bytes_per_token"), let more = amount("flops_per_row_and_token"),
      let rows = Rows(rawValue: values["rows"]?.stringValue ?? Rows.all.rawValue)
    else { return nil }
    self.init(
      op: op, launches: launches, weightBytes: weights, flopsPerRow: flops, rows: rows,
      arithmetic: arithmetic)
    kvBytesPerToken = kv
    flopsPerRowAndToken = more
  }

  /// The fact's value.
  package static func value(_ works: [OperationWork]) -> ConfigurationValue {
    .object(
      works.reduce(into: [:]) { result, work in
        var values: [String: ConfigurationValue] = [
          "launches": .int(work.launches), "arithmetic": .string(work.arithmetic),
        ]
        if work.rows != .all { values["rows"] = .string(work.rows.rawValue) }
        for (name, amount) in [
          ("weight_bytes", work.weightBytes), ("flops_per_row", work.flopsPerRow),
          ("kv_bytes_per_token", work.kvBytesPerToken),
          ("flops_per_row_and_token", work.flopsPerRowAndToken),
        ] where amount > 0 { values[name] = .double(amount) }
        result[work.op] = .object(values)
      })
  }
}
