// SPDX-License-Identifier: Apache-2.0

/// One token per forward pass: the baseline every other decoder is compared with.
package final class AutoregressiveDecoder: TokenDecoder {
  package init() {}

  package func generate(
    prompt: [Int32], limit: Int, sampler: inout Sampler, context: DecodingContext,
    emit: (_ tokens: [Int32]) throws -> Bool
  ) throws {
    guard !prompt.isEmpty, limit > 0 else { return }
    var history = prompt
    var logits = try context.prefill(prompt)
    for index in 0..<limit {
      let token = context.span("sample") { sampler.next(logits, history: history) }
      history.append(token)
      guard try emit([token]), index + 1 < limit else { return }
      logits = try context.feed([token], wantsLogits: true)
    }
  }
}
