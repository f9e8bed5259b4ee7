// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
package import TachoCatalog
package import TachoRecord

/// What a metric means, when it has no value, and where well-known tools differ: `tacho explain`.
package struct MetricExplanation: Sendable {
  package let metric: Metric
  package let peers: [String]

  /// Every metric that is stored or computed when results are read.
  package static let all: [MetricExplanation] =
    MetricRules.all.map { MetricExplanation(metric: $0.metric, peers: $0.peers) }
    + LimitFraction.all.map { MetricExplanation(metric: $0.metric, peers: []) }

  /// The one with this id, or an error that names the nearest.
  package init(id: String) throws {
    guard let known = Self.all.first(where: { $0.metric.id == id }) else {
      throw CatalogError.unknown(noun: "metric", name: id, known: Self.all.map(\.metric.id))
    }
    self = known
  }

  private init(metric: Metric, peers: [String]) {
    self.metric = metric
    self.peers = peers
  }

  /// The definition's sentences, those that say when there is no value apart.
  package var formula: [String] { sentences.filter { !Self.isNullRule($0) } }
  package var nullRules: [String] { sentences.filter(Self.isNullRule) }

  private static func isNullRule(_ sentence: String) -> Bool { sentence.hasPrefix("Null ") }

  /// A sentence begins with a capital after a stop.
  private var sentences: [String] {
    var result: [String] = []
    for part in metric.definition.components(separatedBy: ". ") {
      if result.isEmpty || part.first?.isUppercase == true {
        result.append(part)
      } else {
        result[result.count - 1] += ". " + part
      }
    }
    return result.map { $0.hasSuffix(".") ? $0 : $0 + "." }
  }

  /// Lines of at most `width` columns.
  package func text(width: Int) -> String {
    var lines = [
      metric.id,
      "  unit      \(metric.unit.rawValue)",
      "  better    \(metric.better.rawValue)",
      "  version   \(metric.version)",
    ]
    for (label, paragraphs) in [
      ("means", [formula.joined(separator: " ")]), ("no value", nullRules), ("peers", peers),
    ] {
      for (index, paragraph) in paragraphs.enumerated() where !paragraph.isEmpty {
        let head =
          "  " + (index == 0 ? label : "").padding(toLength: 10, withPad: " ", startingAt: 0)
        lines += Self.wrapped(paragraph, head: head, width: width)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Words in lines, those after the first indented as far as `head` is wide.
  private static func wrapped(_ text: String, head: String, width: Int) -> [String] {
    var lines: [String] = []
    var line = head
    var empty = true
    for word in text.split(separator: " ") {
      if !empty, line.count + 1 + word.count > width {
        lines.append(line)
        line = String(repeating: " ", count: head.count)
        empty = true
      }
      line += (empty ? "" : " ") + word
      empty = false
    }
    return lines + [line]
  }

  /// `{id, unit, better, version, definition, null, peers}`.
  package var json: ConfigurationValue {
    .object([
      "id": .string(metric.id), "unit": .string(metric.unit.rawValue),
      "better": .string(metric.better.rawValue), "version": .int(metric.version),
      "definition": .string(metric.definition), "null": .array(nullRules.map { .string($0) }),
      "peers": .array(peers.map { .string($0) }),
    ])
  }
}
