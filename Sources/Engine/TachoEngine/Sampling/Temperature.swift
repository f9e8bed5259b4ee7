// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Divides logits by the temperature; 1 changes nothing.
///
/// Temperature 0 is greedy and handled before.
package struct Temperature: LogitsFilter {
  package let value: Float

  package init(value: Float) { self.value = value }

  package static let knob = Knob(
    "sampler.temperature", .double(0...100), default: 0.0,
    "Divides the logits; 0 takes the likeliest token always.")

  package init(setting: ConfigurationValue) { self.init(value: Float(setting.doubleValue ?? 0)) }

  package func apply(_ candidates: inout Candidates, history: [Int32]) {
    guard value != 1 else { return }
    // Relative to the largest, because dividing by a tiny temperature would make several infinite.
    let largest = candidates.entries.reduce(-Float.infinity) { max($0, $1.logit) }
    candidates.mapLogits(keepingOrder: true) {
      $0.logit == largest ? 0 : ($0.logit - largest) / value
    }
  }
}
