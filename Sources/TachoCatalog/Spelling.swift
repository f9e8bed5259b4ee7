// SPDX-License-Identifier: Apache-2.0

/// "Did you mean": the known word nearest to a misspelt one.
package enum Spelling {
  /// The candidate within a third of the word's length in edits (at least one), or nil.
  package static func suggestion(for word: String, among candidates: [String]) -> String? {
    // A hostile file may hold a word of megabytes; nobody misspelt that.
    guard word.utf8.count <= 128 else { return nil }
    let folded = word.lowercased()
    let limit = max(2, word.count / 3)
    return candidates.map { ($0, distance(folded, $0.lowercased())) }
      .filter { $0.1 <= limit }
      .min { $0.1 < $1.1 }?.0
  }

  /// Edits (insert, delete, replace, swap neighbours) that turn one word into the other.
  package static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left.unicodeScalars)
    let b = Array(right.unicodeScalars)
    var rows = [Array(0...b.count)]
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          best = min(best, rows[i - 1][j - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
