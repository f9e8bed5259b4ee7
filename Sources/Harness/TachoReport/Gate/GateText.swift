// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// Numbers of a gate as its tables and messages write them.
enum GateText {
  /// `+3.12%`: the change of a time whose natural logarithm of the ratio is given; `–` without one.
  static func change(_ logRatio: Double?) -> String {
    guard let logRatio else { return "–" }
    return change(ofShare: expm1(logRatio))
  }

  /// The same of a change given as a share: 0.0312.
  static func change(ofShare share: Double) -> String {
    guard share.isFinite else { return "not finite" }
    if share >= 9.995 { return String(format: "×%.3g", share + 1) }
    return signed(share * 100) + "%"
  }

  /// `[+2.40%, +3.90%]`; `–` without an interval.
  static func interval(_ decision: GateDecision) -> String {
    guard let low = decision.low, let high = decision.high else { return "–" }
    return "[\(change(low)), \(change(high))]"
  }

  /// `+3.12% [+2.40%, +3.90%]`, without the interval where there is none.
  static func shift(_ decision: GateDecision) -> String {
    guard decision.shift != nil else { return "–" }
    let interval = interval(decision)
    return change(decision.shift) + (interval == "–" ? "" : " " + interval)
  }

  /// `12.4 ms -> 12.9 ms`: the middle of each side's launches in the unit of what is compared; `–` where they
  /// are not known.
  static func values(_ row: GateRow) -> String {
    guard let base = row.decision.base, let candidate = row.decision.candidate else { return "–" }
    let scale = UnitScale.best(for: row.member.metric?.unit ?? .seconds, magnitude: base)
    func text(_ value: Double) -> String {
      let number = digits(value / scale.factor)
      return scale.symbol.isEmpty ? number : "\(number) \(scale.symbol)"
    }
    return "\(text(base)) -> \(text(candidate))"
  }

  /// A margin, whose digits were chosen by a person: `1%`, `0.5%`.
  static func margin(_ share: Double) -> String {
    let percent = share * 100
    guard percent.isFinite else { return "not finite" }
    return String(format: "%.4g", percent) + "%"
  }

  /// What a member's pairs add up to against what its verdict needs, as natural logarithms.
  static func evidence(_ decision: GateDecision) -> String {
    func reached(_ evidence: Double, _ threshold: Double) -> String {
      String(format: "%.1f of %.1f", evidence, threshold)
    }
    let fail = reached(decision.failEvidence, decision.failThreshold)
    let pass = reached(decision.passEvidence, decision.passThreshold)
    switch decision.verdict {
    case _ where decision.pairs == 0: return "–"
    case .fail, .layout: return fail
    case .pass: return pass
    case .inconclusive: return "fail \(fail), pass \(pass)"
    case .different, .broken, .skipped, .unmeasured: return "–"
    }
  }

  /// `+0.31 ms`.
  static func seconds(_ change: Double) -> String {
    let scale = UnitScale.best(for: .seconds, magnitude: change)
    return signed(change / scale.factor) + " " + scale.symbol
  }

  /// `+1.20e+06`, `+3`: a change of a count.
  static func count(_ change: Double) -> String {
    guard change.isFinite else { return "not finite" }
    return change.rounded() == change && abs(change) < 1e15
      ? (change < 0 ? "-" : "+") + Figure.text(abs(change), decimals: 0) : signed(change)
  }

  /// Four digits or more.
  private static func digits(_ value: Double) -> String {
    guard value.isFinite else { return "not finite" }
    let magnitude = abs(value)
    guard magnitude < 1e6 else { return String(format: "%.3e", value) }
    let decimals = magnitude < 9.9995 ? 3 : magnitude < 99.995 ? 2 : magnitude < 999.95 ? 1 : 0
    return String(format: "%.\(decimals)f", value)
  }

  /// Three digits or more, with a sign.
  private static func signed(_ value: Double) -> String {
    guard value.isFinite else { return "not finite" }
    let magnitude = abs(value)
    let decimals = magnitude < 9.995 ? 2 : magnitude < 99.95 ? 1 : 0
    guard magnitude < 1e6 else { return String(format: "%+.2e", value) }
    return String(format: "%+.\(decimals)f", value == 0 ? 0 : value)
  }

  /// `main (3f2a9c1d8e77)`: what was asked for and the commit it stands for, where the two differ.
  static func build(_ build: GateBuild) -> String {
    let revision = build.revision.map { String($0.prefix(12)) }
    guard let revision, revision != build.reference else { return build.reference }
    return "\(build.reference) (\(revision))"
  }

  /// The text in at most this many characters, ending in `…` when it was cut.
  static func clipped(_ text: String, to limit: Int) -> String {
    // In scalars: one character of hostile text may be made of thousands.
    text.unicodeScalars.count <= limit
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
  }
}
