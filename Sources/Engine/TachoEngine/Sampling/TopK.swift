// SPDX-License-Identifier: Apache-2.0

/// Keeps the k likeliest tokens (Fan and others, 2018).
///
/// 0 keeps all.
package struct TopK: LogitsFilter {
  package let count: Int

  package init(count: Int) { self.count = count }

  package func apply(_ candidates: inout Candidates, history: [Int32]) {
    if count > 0 { candidates.keepBest(count) }
  }
}
