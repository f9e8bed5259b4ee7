// SPDX-License-Identifier: Apache-2.0

/// A pattern of names as shells have it: `*` stands for any characters, `?` for one, all else for itself.
package struct NamePattern: Sendable, Hashable {
  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// Whether the whole name is of the pattern.
  ///
  /// At a mismatch only the latest `*` takes one character more, so that the time is at most the product
  /// of the lengths, whatever the pattern.
  package func matches(_ name: String) -> Bool {
    let pattern = Array(text.unicodeScalars)
    let scalars = Array(name.unicodeScalars)
    var (p, n) = (0, 0)
    var star: (pattern: Int, name: Int)?
    while n < scalars.count {
      if p < pattern.count, pattern[p] == "*" {
        star = (p, n)
        p += 1
      } else if p < pattern.count, pattern[p] == "?" || pattern[p] == scalars[n] {
        (p, n) = (p + 1, n + 1)
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        (p, n) = (last.pattern + 1, last.name + 1)
      } else {
        return false
      }
    }
    return pattern[p...].allSatisfy { $0 == "*" }
  }
}
