// SPDX-License-Identifier: Apache-2.0

/// Markdown that stays below a number of bytes and says how many rows did not fit.
struct BoundedMarkdown {
  private(set) var text = ""
  private let limit: Int
  /// What a note about rows left out takes at most.
  private static let reserve = 120

  init(limit: Int) {
    self.limit = limit
  }

  mutating func add(_ block: String) {
    text += block
  }

  /// Rows with what stands before and after them, as long as the text fills no more than a share of the
  /// limit; nothing at all without rows.
  mutating func addRows(
    _ rows: [String], before: String, after: String = "", share: Double
  ) {
    guard !rows.isEmpty else { return }
    let room =
      Int(Double(limit) * share) - text.utf8.count - before.utf8.count - after.utf8.count
      - Self.reserve
    var used = 0
    let fitting = rows.prefix { row in
      used += row.utf8.count
      return used <= room
    }
    let left = rows.count - fitting.count
    let note = left > 0 ? "\n\(left) of \(rows.count) left out: a comment holds no more.\n" : ""
    guard !fitting.isEmpty else {
      // The reserve was kept for this.
      text += note
      return
    }
    text += before + fitting.joined() + note + after
  }
}
