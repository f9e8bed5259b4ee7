// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoEngine
import TachoKernels

/// When the tokens of one generation came, and what to say of it.
struct GenerationTimings {
  let loadNs: Int
  let promptTokens: Int
  let beganNs: Int
  private var emissions: [(ns: Int, tokens: Int)] = []

  init(loadNs: Int, promptTokens: Int, beganNs: Int) {
    self.loadNs = loadNs
    self.promptTokens = promptTokens
    self.beganNs = beganNs
  }

  mutating func emitted(_ tokens: Int, at ns: Int) { emissions.append((ns, tokens)) }

  func text(model: Model, transformer: Transformer, kvBytesPerToken: Int) -> String {
    guard let first = emissions.first, let last = emissions.last else {
      return "no token was generated"
    }
    let output = emissions.reduce(0) { $0 + $1.tokens }
    let ttft = Double(first.ns - beganNs) / 1e9
    let decode = Double(last.ns - first.ns) / 1e9
    let later = output - first.tokens
    var lines = [
      String(format: "load     %9.1f ms", Double(loadNs) / 1e6),
      String(
        format: "prefill  %9.1f ms  %6d tokens  %9.2f tok/s  (time to first token)", ttft * 1e3,
        promptTokens, Double(promptTokens) / ttft),
    ]
    if later > 0 {
      let gaps = zip(emissions.dropFirst(), emissions).map { Double($0.ns - $1.ns) / 1e6 }.sorted()
      lines.append(
        String(
          format:
            "decode   %9.1f ms  %6d tokens  %9.2f tok/s  (%.2f ms/token, median %.2f, max %.2f)",
          decode * 1e3, later, Double(later) / decode, decode * 1e3 / Double(later),
          gaps[gaps.count / 2], gaps[gaps.count - 1]))
      let bytes =
        Double(model.weightBytesPerPass)
        + Double(kvBytesPerToken) * (Double(promptTokens) + Double(output) / 2)
      lines.append(
        String(
          format: "read     %9.2f GB/s declared weight and KV bytes per decode second",
          bytes * Double(later) / decode / 1e9))
    } else {
      lines.append("decode   unavailable: one token has no gaps")
    }
    lines.append(
      "engine   \(transformer.compute.kernels.isa.name), \(transformer.compute.pool.threads) threads"
    )
    return lines.joined(separator: "\n")
  }
}
