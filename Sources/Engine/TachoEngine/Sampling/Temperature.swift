// SPDX-License-Identifier: Apache-2.0

/// Divides logits by the temperature; 1 changes nothing.
///
/// Temperature 0 is greedy and handled before.
package struct Temperature: LogitsFilter {
  package let value: Float

  package init(value: Float) { self.value = value }

  package func apply(_ candidates: inout Candidates, history: [Int32]) {
    guard value != 1 else { return }
    candidates.mapLogits(keepingOrder: true) { $0.logit / value }
  }
}
