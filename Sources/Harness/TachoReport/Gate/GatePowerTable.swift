// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoAnalysis
import TachoRecord

/// What a gate could tell of each point before it runs, as text.
package enum GatePowerTable {
  package static func render(_ powers: [(name: String, power: GatePower)]) -> String {
    let width = powers.map(\.name.count).max() ?? 0
    var lines = [
      column("", width) + "  detects   passes if  pairs      pairs to   time",
      column("point", width) + "  slower by unchanged  unchanged  detect     unchanged",
    ]
    for (name, power) in powers {
      lines.append(
        column(name, width) + "  " + column(percent(power.detectable), 9) + " "
          + column(percent(power.passUnchanged), 10) + " "
          + column(count(power.pairsUnchanged), 10) + " "
          + column(count(power.pairsDetectable), 10) + " " + seconds(power.secondsUnchanged))
    }
    let reasons = Set(powers.compactMap { reason($0.power.detectable) }).sorted()
    lines += reasons.map { "-: \($0)" }
    let known = powers.compactMap { $0.power.secondsUnchanged.number }
    if !known.isEmpty {
      lines.append(
        "samples of all calibrated points when nothing changed: about "
          + "\(Int(known.reduce(0, +).rounded())) s, besides starting the workers")
    }
    lines.append(
      "detects: fails in 95 of 100 jobs; from pairs of equal programs recorded by "
        + "tacho calibrate --suite")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func column(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func percent(_ reading: Reading) -> String {
    reading.number.map { String(format: "%.1f%%", 100 * $0) } ?? "-"
  }

  private static func count(_ reading: Reading) -> String {
    reading.number.map { String(format: "%.0f", $0) } ?? "-"
  }

  private static func seconds(_ reading: Reading) -> String {
    reading.number.map { String(format: "%.1f s", $0) } ?? "-"
  }

  private static func reason(_ reading: Reading) -> String? {
    if case .unavailable(let reason) = reading { return reason }
    return nil
  }
}
