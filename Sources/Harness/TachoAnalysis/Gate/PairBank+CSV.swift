// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

extension PairBank {
  /// A file that is not a bank.
  package struct FormatError: Error, CustomStringConvertible {
    package let description: String
  }

  private static let columns =
    ["point", "index", "order", "started_first"]
    + statistics.map { "base_\($0)" } + statistics.map { "candidate_\($0)" }
    + ["mann_whitney_p", "welch_p"]

  /// One line for each pair: times in seconds with 7 digits, p-values with 4.
  package var csv: String {
    let lines = entries.map { entry in
      let times = (entry.base + entry.candidate).map { String(format: "%.7g", $0) }
      let tests = [entry.mannWhitney, entry.welch].map { String(format: "%.4g", $0) }
      let head = [entry.point, "\(entry.index)", "\(entry.order)", entry.startedFirst.rawValue]
      return (head + times + tests).joined(separator: ",")
    }
    return ([Self.columns.joined(separator: ",")] + lines).joined(separator: "\n") + "\n"
  }

  /// Reads what `csv` wrote.
  package init(csv: String) throws(FormatError) {
    let lines = csv.split(whereSeparator: \.isNewline)
    guard let header = lines.first, header == Self.columns.joined(separator: ",") else {
      throw FormatError(
        description: "not a bank of launch pairs: its first line is not "
          + "'point,index,order,started_first,base_minimum...'; tacho gate-replay --csv writes one")
    }
    let width = Self.statistics.count
    var entries: [Entry] = []
    for (number, line) in lines.enumerated().dropFirst() {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      let numbers = Array(fields.dropFirst(4).compactMap { Double($0) })
      guard fields.count == Self.columns.count, numbers.count == 2 * width + 2,
        numbers.allSatisfy(\.isFinite), numbers.prefix(2 * width).allSatisfy({ $0 > 0 }),
        let index = Int(fields[1]), let order = Int(fields[2]),
        let first = PairSide(rawValue: fields[3])
      else {
        throw FormatError(
          description:
            "line \(number + 1): expected a point, two whole numbers, base or candidate, "
            + "\(2 * width) times above 0 and two p-values, found '\(line)'")
      }
      entries.append(
        Entry(
          point: fields[0], index: index, order: order, startedFirst: first,
          base: Array(numbers.prefix(width)),
          candidate: Array(numbers.dropFirst(width).prefix(width)),
          mannWhitney: numbers[2 * width], welch: numbers[2 * width + 1]))
    }
    self.init(entries)
  }
}
