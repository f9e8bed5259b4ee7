// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoRecord

/// Says why a candidate is slower, from launch pairs with launches and counters on record, and from
/// instructions counted by function.
package struct CauseFinding: Sendable {
  /// The samples of both sides of a launch pair.
  package struct Pair: Sendable {
    package var base: [Observation]
    package var candidate: [Observation]

    package init(base: [Observation] = [], candidate: [Observation] = []) {
      self.base = base
      self.candidate = candidate
    }
  }

  /// Instructions by function, or why they are not known.
  package enum Functions: Sendable {
    case counted(FunctionChanges)
    case missing(String)
  }

  package let cause: GateCause

  /// `shift` is ln(candidate / base) as it was decided.
  package init(_ pairs: [Pair], shift: Double, name: String, functions: Functions) {
    let factors = Self.factors(pairs)
    let (kernels, whole) = Self.kernels(pairs)
    var changes: FunctionChanges?
    var functionsMissing: String?
    switch functions {
    case .counted(let counted): changes = counted
    case .missing(let reason): functionsMissing = reason
    }
    cause = GateCause(
      text: CauseText(
        name: name, shift: shift, pairs: pairs.count, kernels: kernels.parts,
        kernelsMissing: kernels.missing, whole: whole, factors: factors.parts,
        factorsMissing: factors.missing, functions: changes, functionsMissing: functionsMissing
      ).text,
      factors: factors.parts, factorsMissing: factors.missing, kernels: kernels.parts,
      kernelsMissing: kernels.missing, functions: changes?.parts ?? [],
      functionsMissing: functionsMissing)
  }

  private typealias Parts = (parts: [GateCause.Part], missing: String?)

  /// ln t = ln instructions + ln CPI - ln frequency - ln processors busy, where all were measured.
  private static func factors(_ pairs: [Pair]) -> Parts {
    let attributions = pairs.compactMap { pair in
      Attribution(
        base: pair.base.compactMap { Attribution.Parts($0) },
        candidate: pair.candidate.compactMap { Attribution.Parts($0) })
    }
    // A base of no change: what is left of each factor is its change.
    let changes = attributions.map {
      attribution -> (base: PartedChange.Side, candidate: PartedChange.Side) in
      (
        base: [[:]],
        candidate: [
          Dictionary(uniqueKeysWithValues: attribution.parts.map { ($0.key.rawValue, $0.value) })
        ]
      )
    }
    guard let change = PartedChange(changes) else {
      let reason =
        pairs.first?.candidate.first?.counter(.instructions)?.total.reason
        ?? "instructions and cycles were not counted"
      return ([], reason)
    }
    let parts = Attribution.Factor.allCases.map { factor in
      let part = change.parts.first { $0.name == factor.rawValue }
      return GateCause.Part(
        name: factor.rawValue, change: part?.change ?? 0, share: expm1(part?.change ?? 0),
        interval: part?.interval)
    }
    return (parts, nil)
  }

  /// Seconds of a call in each kernel and outside of kernels, which sum to the whole, and the whole.
  private static func kernels(_ pairs: [Pair]) -> (Parts, PartedChange?) {
    let change = PartedChange(
      pairs.map { (base: $0.base.compactMap(times), candidate: $0.candidate.compactMap(times)) })
    guard let change else {
      return (([], "no sample of both sides has all its launches on record"), nil)
    }
    let parts = change.parts.map {
      GateCause.Part(
        name: $0.name, change: $0.change, share: change.base > 0 ? $0.change / change.base : 0,
        interval: $0.interval)
    }
    return ((parts.sorted { (abs($0.change), $0.name) > (abs($1.change), $1.name) }, nil), change)
  }

  /// What is not within a launch.
  package static let between = "between kernels"

  /// Of a sample with all its launches: seconds of a call by kernel.
  private static func times(_ sample: Observation) -> [String: Double]? {
    guard let trace = sample.trace, !trace.isPartial, trace.omittedLaunches == 0,
      !trace.launches.isEmpty
    else { return nil }
    let calls = Double(max(1, sample.iterations ?? 1))
    var sums: [String: Double] = [:]
    var inside = 0.0
    for launch in trace.launches {
      let seconds = Double(launch.execNs) / 1e9
      sums[launch.op, default: 0] += seconds / calls
      inside += seconds
    }
    sums[between] = (sample.seconds - inside) / calls
    return sums
  }
}
