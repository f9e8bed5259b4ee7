// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Says why a candidate is slower, from samples of both sides with launches and counters.
package struct CauseFinding: Sendable {
  package let cause: GateCause

  /// `shift` is ln(candidate / base) as it was decided; samples are in the order they were taken.
  package init(base: [Observation], candidate: [Observation], shift: Double, name: String) {
    let factors = Self.factors(base, candidate)
    let kernels = Self.kernels(base, candidate)
    cause = GateCause(
      text: Self.text(name, shift, factors, kernels), factors: factors.parts,
      factorsMissing: factors.missing, kernels: kernels.parts, kernelsMissing: kernels.missing,
      functionsMissing: "not counted: callgrind is run by 'measure: { collect: callgrind }'")
  }

  private typealias Parts = (parts: [GateCause.Part], missing: String?)

  /// ln t = ln instructions + ln CPI - ln frequency - ln processors busy, where all were measured.
  private static func factors(_ base: [Observation], _ candidate: [Observation]) -> Parts {
    let before = base.compactMap { Attribution.Parts($0) }
    let after = candidate.compactMap { Attribution.Parts($0) }
    guard let attribution = Attribution(base: before, candidate: after) else {
      let reason =
        candidate.first?.counter(.instructions)?.total.reason
        ?? "instructions and cycles were not counted"
      return ([], reason)
    }
    let parts = Attribution.Factor.allCases.map {
      GateCause.Part(
        name: $0.rawValue, change: attribution.parts[$0] ?? 0,
        share: expm1(attribution.parts[$0] ?? 0))
    }
    return (parts, nil)
  }

  /// Mean seconds of a call in each kernel and outside of kernels: together the whole.
  private static func kernels(_ base: [Observation], _ candidate: [Observation]) -> Parts {
    guard let before = Self.times(base), let after = Self.times(candidate) else {
      return ([], "no sample of both sides has all its launches on record")
    }
    let whole = before.values.reduce(0, +)
    let names = Set(before.keys).union(after.keys)
    let parts = names.map { name in
      let change = (after[name] ?? 0) - (before[name] ?? 0)
      return GateCause.Part(name: name, change: change, share: whole > 0 ? change / whole : 0)
    }
    return (parts.sorted { (abs($0.change), $0.name) > (abs($1.change), $1.name) }, nil)
  }

  /// What is not within a launch.
  package static let between = "between kernels"

  private static func times(_ samples: [Observation]) -> [String: Double]? {
    let whole = samples.filter {
      guard let trace = $0.trace else { return false }
      return !trace.isPartial && trace.omittedLaunches == 0 && !trace.launches.isEmpty
    }
    guard !whole.isEmpty else { return nil }
    var sums: [String: Double] = [:]
    for sample in whole {
      let calls = Double(max(1, sample.iterations ?? 1))
      var inside = 0.0
      for launch in sample.trace?.launches ?? [] {
        let seconds = Double(launch.execNs) / 1e9
        sums[launch.op, default: 0] += seconds / calls
        inside += seconds
      }
      sums[between, default: 0] += (sample.seconds - inside) / calls
    }
    return sums.mapValues { $0 / Double(whole.count) }
  }

  private static func text(
    _ name: String, _ shift: Double, _ factors: Parts, _ kernels: Parts
  ) -> String {
    var sentences = ["\(name) takes \(percent(expm1(shift))) more time."]
    if let main = kernels.parts.first, kernels.missing == nil {
      let grown = kernels.parts.filter { $0.change > 0 }
      let total = kernels.parts.reduce(0) { $0 + $1.change }
      if total > 0, let first = grown.first {
        let others = grown.dropFirst().prefix(2).map { "\($0.name) (\(percent($0.share)))" }
        sentences.append(
          "Of the base's time, \(percent(first.share)) were added in \(first.name)"
            + (others.isEmpty ? "." : ", then \(others.joined(separator: ", ")).")
        )
      } else {
        sentences.append(
          "With launches recorded the difference did not show (largest change: \(main.name), "
            + "\(percent(main.share))).")
      }
    } else if let missing = kernels.missing {
      sentences.append("Which kernels is unavailable: \(missing).")
    }
    if factors.missing == nil, let main = factors.parts.max(by: { $0.change < $1.change }) {
      let meaning = [
        "instructions": "it executes more instructions",
        "cycles-per-instruction": "each instruction takes more cycles",
        "frequency": "the processor ran slower, which is not the code's doing",
        "parallelism": "fewer processors were busy: threads waited",
      ]
      sentences.append(
        "Mostly \(meaning[main.name] ?? main.name) (\(percent(main.share)) of time).")
    } else if let missing = factors.missing {
      sentences.append("Instructions against stalls is unavailable: \(missing).")
    }
    return sentences.joined(separator: " ")
  }

  private static func percent(_ share: Double) -> String {
    String(format: "%+.1f%%", 100 * share)
  }
}
