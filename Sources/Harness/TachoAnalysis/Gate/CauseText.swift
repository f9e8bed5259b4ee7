// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// The paragraph about a cause: how much, where, whether it is more work, and what to look at next.
struct CauseText {
  let name: String
  let shift: Double
  let pairs: Int
  let kernels: [GateCause.Part]
  let kernelsMissing: String?
  let whole: PartedChange?
  let factors: [GateCause.Part]
  let factorsMissing: String?
  let functions: FunctionChanges?
  let functionsMissing: String?

  var text: String {
    (["\(name) is \(Self.percent(expm1(shift))) worse."] + [place, what, why].compactMap { $0 })
      .joined(separator: " ")
  }

  /// In which kernels.
  private var place: String? {
    guard let whole, whole.base > 0 else {
      return kernelsMissing.map { "Which kernels is unavailable: \($0)." }
    }
    let seen =
      "Measured again with launches recorded (\(pairs) launch pairs) it takes "
      + Self.share(whole.change / whole.base, whole.interval.map { Self.scaled($0, whole.base) })
      + " more time"
    let grown = kernels.filter { $0.change > 0 }
    guard whole.change > 0, let first = grown.first else {
      return seen
        + ": the slowdown did not show again, so it comes and goes, or recording hides it."
    }
    guard first.low.map({ $0 > 0 }) ?? true else {
      return seen
        + "; no kernel stands out from the noise (largest: \(described(first, whole.base)))."
    }
    let others = grown.dropFirst().prefix(2).filter { $0.share > 0.1 * first.share }
      .map { described($0, whole.base) }
    return seen + ", most of it in \(described(first, whole.base))"
      + (others.isEmpty ? "." : ", then \(others.joined(separator: ", ")).")
  }

  /// Whether more is executed, and in which functions.
  private var what: String? {
    guard let functions else {
      return functionsMissing.map { "Instructions by function are unavailable: \($0)." }
    }
    let counted = "(callgrind: one thread, AVX2 kernels, so a change in wider kernels is not seen)"
    guard abs(functions.share) >= FunctionChanges.noticed else {
      return
        "It executes as many instructions as the base (\(Self.percent(functions.share, 3))) "
        + "\(counted): the slowdown is not more work but longer work. Look at memory access and data "
        + "layout, waiting between threads, and where the code lies, not at what is computed."
    }
    guard functions.change > 0 else {
      return
        "It executes fewer instructions than the base (\(Self.percent(functions.share, 2))) "
        + "\(counted): each takes longer. Look at memory access, dependencies and waiting in what "
        + "replaced the base's code."
    }
    let grown = functions.parts.filter { $0.change > 0 && $0.name != FunctionChanges.others }
    let names = grown.prefix(3).map { "\($0.name) (\(Self.percent($0.share, 2)))" }
    return
      "It executes \(Self.percent(functions.share, 2)) more instructions \(counted)"
      + (names.isEmpty
        ? ", spread over many functions."
        : "; look first at what changed in \(names.joined(separator: ", ")).")
  }

  /// By the processor's counters.
  private var why: String? {
    if let factorsMissing {
      return functions == nil
        ? "Instructions against stalls is unavailable: \(factorsMissing)." : nil
    }
    guard let main = factors.max(by: { $0.change < $1.change }), main.change > 0 else { return nil }
    let meaning = [
      "instructions": "it executes more instructions",
      "cycles-per-instruction": "each instruction takes more cycles (memory, dependencies, layout)",
      "frequency": "the processor ran slower, which is not the code's doing",
      "parallelism": "fewer processors were busy: threads waited",
    ]
    return "By the processor's counters mostly \(meaning[main.name] ?? main.name) "
      + "(\(Self.share(main.share, Self.interval(main).map { expm1($0.lowerBound)...expm1($0.upperBound) })) of time)."
  }

  private func described(_ part: GateCause.Part, _ base: Double) -> String {
    "\(part.name) (\(Self.share(part.share, Self.interval(part).map { Self.scaled($0, base) })) of the base)"
  }

  private static func interval(_ part: GateCause.Part) -> ClosedRange<Double>? {
    guard let low = part.low, let high = part.high, low <= high else { return nil }
    return low...high
  }

  private static func scaled(_ range: ClosedRange<Double>, _ base: Double) -> ClosedRange<Double> {
    (range.lowerBound / base)...(range.upperBound / base)
  }

  /// `+3.1% [+2.4%, +3.9%]`.
  private static func share(_ value: Double, _ interval: ClosedRange<Double>?) -> String {
    percent(value)
      + (interval.map { " [\(percent($0.lowerBound)), \(percent($0.upperBound))]" } ?? "")
  }

  private static func percent(_ share: Double, _ decimals: Int = 1) -> String {
    String(format: "%+.\(decimals)f%%", 100 * share)
  }
}
