// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// What a suite may name as `kind:`, with the knobs its points understand.
package struct BenchmarkKind: Sendable {
  package let name: String
  package let summary: String
  package let knobs: [Knob]
  /// Cross-checks of a resolved configuration ("n_ctx holds prompt and output"): the complaint, or nil.
  package let complaint: @Sendable (Configuration) -> String?

  package init(
    name: String, summary: String, knobs: [Knob],
    complaint: @escaping @Sendable (Configuration) -> String? = { _ in nil }
  ) {
    self.name = name
    self.summary = summary
    self.knobs = knobs
    self.complaint = complaint
  }
}
