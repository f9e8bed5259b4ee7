// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Series from a text file: CSV with the columns series, position, value and, if wanted, label.
package enum SeriesFile {
  /// What is wrong, in which line, and what belongs there.
  package struct Problem: Error, Hashable, CustomStringConvertible {
    package let description: String
    /// Whether the remedy may be to say that values are logarithms.
    package var isAboutLogarithm = false
  }

  /// In the order of their first line, each sorted by position.
  ///
  /// Values are figures above 0, of which logarithms are taken, or logarithms themselves.
  package static func series(in text: String, areLogarithms: Bool) throws -> [HistorySeries] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated().map { ($0 + 1, $1) }
    lines.removeAll { $0.1.allSatisfy(\.isWhitespace) || $0.1.hasPrefix("#") }
    guard let header = lines.first else {
      throw Problem(description: "there is no line; begin with: series,position,value,label")
    }
    let names = cells(header.1)
    guard
      names == ["series", "position", "value"] || names == ["series", "position", "value", "label"]
    else {
      throw Problem(
        description:
          "line \(header.0): the columns are \(names.joined(separator: ",")); they must be"
          + " series,position,value or series,position,value,label")
    }
    var order: [String] = []
    var rows: [String: [(position: Double, value: Double, label: String)]] = [:]
    for (number, line) in lines.dropFirst() {
      let cells = cells(line)
      guard cells.count == names.count else {
        throw Problem(
          description:
            "line \(number): \(cells.count) columns where the first line has \(names.count)")
      }
      guard let position = Double(cells[1]), position.isFinite else {
        throw Problem(description: "line \(number): position '\(cells[1])' is not a number")
      }
      guard let value = Double(cells[2]), value.isFinite else {
        throw Problem(description: "line \(number): value '\(cells[2])' is not a finite number")
      }
      guard areLogarithms || value > 0 else {
        throw Problem(
          description:
            "line \(number): value \(cells[2]) has no logarithm; leave the line out, or say"
            + " that the file holds logarithms", isAboutLogarithm: true)
      }
      if rows[cells[0]] == nil { order.append(cells[0]) }
      let label = cells.count > 3 && !cells[3].isEmpty ? cells[3] : cells[1]
      rows[cells[0], default: []].append((position, areLogarithms ? value : log(value), label))
    }
    return try order.map { name in
      let sorted = (rows[name] ?? []).sorted { $0.position < $1.position }
      for (one, next) in zip(sorted, sorted.dropFirst()) where one.position == next.position {
        throw Problem(
          description: "series '\(name)' has two values at position \(one.position.formatted())")
      }
      return HistorySeries(
        identity: name, name: name, basis: .given,
        values: sorted.map {
          HistorySeries.Value(
            build: HistoryBuild(id: $0.label, revision: $0.label), date: nil, value: $0.value,
            interval: nil)
        })
    }
  }

  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
  }
}
