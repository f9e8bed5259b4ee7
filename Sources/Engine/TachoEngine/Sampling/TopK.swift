// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Keeps the k likeliest tokens (Fan and others, 2018).
///
/// 0 keeps all.
package struct TopK: LogitsFilter {
  package let count: Int

  package init(count: Int) { self.count = count }

  package static let knob = Knob(
    "sampler.top_k", .int(0...(1 << 24)), default: 0, "Keeps the k likeliest tokens; 0 all.")

  package init(setting: ConfigurationValue) { self.init(count: setting.intValue ?? 0) }

  package func apply(_ candidates: inout Candidates, history: [Int32]) {
    if count > 0 { candidates.keepBest(count) }
  }
}
