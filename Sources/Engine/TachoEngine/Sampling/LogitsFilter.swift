// SPDX-License-Identifier: Apache-2.0

/// One step between logits and a choice.
///
/// To add one: a file here, its knob, and its line in `Sampler.filters`; it runs where the line
/// stands.
package protocol LogitsFilter: Sendable {
  /// - Parameter history: the tokens so far, prompt included.
  func apply(_ candidates: inout Candidates, history: [Int32])
}
