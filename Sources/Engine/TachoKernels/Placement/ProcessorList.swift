// SPDX-License-Identifier: Apache-2.0

/// Lists of processors as Linux writes them: `0-3,8,10-14:2`.
package enum ProcessorList {
  /// No machine has processors beyond this number.
  private static let limit = 1 << 16

  /// The processors of a list, ascending; nil when it is none.
  package static func parse(_ text: String) -> [Int]? {
    var processors: Set<Int> = []
    let trimmed = text.filter { !$0.isWhitespace && $0 != "\0" }
    guard !trimmed.isEmpty else { return [] }
    for part in trimmed.split(separator: ",", omittingEmptySubsequences: false) {
      let halves = part.split(separator: ":", omittingEmptySubsequences: false)
      let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
      guard halves.count <= 2, ends.count <= 2, let first = Int(ends[0]),
        let last = Int(ends[ends.count - 1]), first >= 0, first <= last, last < limit,
        let step = halves.count == 2 ? Int(halves[1]) : 1, step > 0
      else { return nil }
      processors.formUnion(stride(from: first, through: last, by: step))
    }
    return processors.sorted()
  }

  /// The shortest list without steps: `0-3,8`.
  package static func text(_ processors: [Int]) -> String {
    var ranges: [ClosedRange<Int>] = []
    for processor in Set(processors).sorted() {
      if let last = ranges.last, last.upperBound + 1 == processor {
        ranges[ranges.count - 1] = last.lowerBound...processor
      } else {
        ranges.append(processor...processor)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
