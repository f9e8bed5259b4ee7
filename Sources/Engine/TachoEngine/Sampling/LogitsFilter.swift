// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// One step between logits and a choice.
///
/// To add one: a file here and one line in `LogitsFilters.all`; it runs where the line stands.
package protocol LogitsFilter: Sendable {
  /// The setting it is made from; at its default the filter changes nothing.
  static var knob: Knob { get }
  /// - Parameter setting: a value of `knob`.
  init(setting: ConfigurationValue)
  /// - Parameter history: the tokens so far, prompt included.
  func apply(_ candidates: inout Candidates, history: [Int32])
}

/// Every filter, in the order of llama.cpp's default: one line each.
package enum LogitsFilters {
  package static var all: [any LogitsFilter.Type] {
    [
      RepetitionPenalty.self,
      TopK.self,
      TopP.self,
      MinP.self,
      Temperature.self,
    ]
  }
}
