// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
package import TachoRecord

/// Counted verdicts of real jobs on differences of known size, as Markdown tables.
package struct GateTrialTables: Sendable {
  package let trials: [GateTrial]
  package let margins: GateMargins

  package init(_ trials: [GateTrial], margins: GateMargins = .points) {
    self.trials = trials
    self.margins = margins
  }

  package func render() -> String {
    [bySize, byBenchmark, every].joined(separator: "\n")
  }

  /// One class of true sizes.
  private struct Size {
    let name: String
    let holds: (GateTrial) -> Bool
  }

  /// What is far above any margin, and easier to find.
  private static let large = 0.045

  private var sizes: [Size] {
    let tolerated = margins.toleratedLog
    let mustNotPass = margins.mustNotPassLog
    return [
      Size(name: "a program and its copy") { $0.role == .sentinel },
      Size(name: "equal configurations") { $0.role == .point && $0.truth == 0 },
      Size(name: "faster") { $0.truth < 0 },
      Size(name: "slower by up to \(Self.percent(margins.tolerated, 0))") {
        $0.truth > 0 && $0.truth <= tolerated
      },
      Size(
        name:
          "\(Self.percent(margins.tolerated, 0)) to \(Self.percent(margins.mustNotPass, 0)), not clearly above"
      ) {
        $0.truth > tolerated && !Self.isAbove($0, mustNotPass)
      },
      Size(name: "\(Self.percent(margins.mustNotPass, 0)) to \(Self.percent(Self.large, 1))") {
        Self.isAbove($0, mustNotPass) && $0.truth < log1p(Self.large)
      },
      Size(name: "\(Self.percent(Self.large, 1)) and more") {
        Self.isAbove($0, mustNotPass) && $0.truth >= log1p(Self.large)
      },
    ]
  }

  /// Slower by this at least, as far as the long run can tell.
  private static func isAbove(_ trial: GateTrial, _ limit: Double) -> Bool {
    trial.truth >= limit && (trial.truthInterval?.lowerBound ?? trial.truth) >= limit
  }

  private var bySize: String {
    let rows = sizes.map { size in row(size.name, trials.filter(size.holds)) }
    return Self.table(
      "By true size",
      [
        "true size", "members", "fail", "pass", "undecided", "fail rate", "pass rate", "pairs",
        "interval holds it", "and its spread", "bias",
      ], rows)
  }

  private func row(_ name: String, _ trials: [GateTrial]) -> [String] {
    let failed = trials.count { $0.decision.verdict == .fail }
    let passed = trials.count { $0.decision.verdict == .pass }
    let errors = trials.compactMap { trial in trial.decision.shift.map { $0 - trial.truth } }
    let pairs = trials.map { Double($0.decision.pairs) }
    return [
      name, "\(trials.count)", "\(failed)", "\(passed)", "\(trials.count - failed - passed)",
      Self.bounds(BinomialRate(failed, of: trials.count)),
      Self.bounds(BinomialRate(passed, of: trials.count)),
      pairs.isEmpty ? "–" : String(format: "%.1f", pairs.reduce(0, +) / Double(pairs.count)),
      Self.share(trials.compactMap(\.covers)), Self.share(trials.compactMap(\.agrees)),
      errors.isEmpty ? "–" : Self.signed(errors.reduce(0, +) / Double(errors.count)),
    ]
  }

  private var byBenchmark: String {
    var order: [String] = []
    for trial in trials where !order.contains(trial.benchmark) { order.append(trial.benchmark) }
    let limit = margins.mustNotPassLog
    let rows = order.map { benchmark -> [String] in
      let own = trials.filter { $0.benchmark == benchmark }
      let slow = own.filter { Self.isAbove($0, limit) }
      let equal = own.filter { $0.truth == 0 }
      return [
        benchmark, "\(slow.count)", "\(slow.count { $0.decision.verdict == .fail })",
        "\(slow.count { $0.decision.verdict == .pass })", "\(equal.count)",
        "\(equal.count { $0.decision.verdict == .fail })", Self.share(own.compactMap(\.covers)),
      ]
    }
    return Self.table(
      "By benchmark",
      [
        "benchmark", "\(Self.percent(margins.mustNotPass, 0)) and more", "found", "passed", "equal",
        "failed", "interval holds the size",
      ], rows)
  }

  private var every: String {
    var order: [String] = []
    for trial in trials where trial.role == .point && !order.contains(trial.name) {
      order.append(trial.name)
    }
    let rows = order.map { name -> [String] in
      let own = trials.filter { $0.name == name && $0.role == .point }
      let truth = own.first
      let shifts = own.compactMap(\.decision.shift).sorted()
      return [
        name, truth.map { Self.signed($0.truth) } ?? "–",
        truth?.truthInterval.map {
          "\(Self.signed($0.lowerBound)) to \(Self.signed($0.upperBound))"
        } ?? "–",
        "\(own.count)", "\(own.count { $0.decision.verdict == .fail })",
        "\(own.count { $0.decision.verdict == .pass })",
        shifts.isEmpty ? "–" : Self.signed(shifts.reduce(0, +) / Double(shifts.count)),
        shifts.first.flatMap { low in
          shifts.last.map { "\(Self.signed(low)) to \(Self.signed($0))" }
        }
          ?? "–",
        Self.share(own.compactMap(\.covers)),
      ]
    }
    return Self.table(
      "Each point",
      [
        "point", "true size", "its 95% interval", "trials", "fail", "pass", "mean estimate",
        "estimates", "interval holds it",
      ], rows)
  }

  private static func share(_ answers: [Bool]) -> String {
    answers.isEmpty ? "–" : "\(answers.count { $0 }) of \(answers.count)"
  }

  /// The share and, with 95% confidence each, the least and the most that the rate behind it may be.
  private static func bounds(_ rate: BinomialRate) -> String {
    guard let share = rate.share, let low = rate.lower(), let high = rate.upper() else {
      return "–"
    }
    return "\(percent(share, 1)) (\(percent(low, 1)) to \(percent(high, 1)))"
  }

  /// A natural logarithm as the percentage it stands for.
  private static func signed(_ logarithm: Double) -> String {
    String(format: "%+.2f%%", 100 * expm1(logarithm))
  }

  private static func percent(_ share: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f%%", 100 * share)
  }

  private static func table(_ title: String, _ header: [String], _ rows: [[String]]) -> String {
    let lines = [header, header.indices.map { $0 == 0 ? "---" : "--:" }] + rows
    return title + "\n\n" + lines.map { "| " + $0.joined(separator: " | ") + " |\n" }.joined()
  }
}
