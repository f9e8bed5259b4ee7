// SPDX-License-Identifier: Apache-2.0
import Foundation

/// Numbers as a person reads them: digits that the uncertainty supports, thousands set apart.
package enum Figure {
  /// Decimals that show an uncertainty's first two digits, with three to `most` digits in all; four
  /// digits when the uncertainty is not known.
  package static func decimals(of value: Double, uncertainty: Double?, most: Int = 6) -> Int {
    guard value.isFinite, value != 0 else { return 0 }
    let leading = Int(log10(abs(value)).rounded(.down))
    var decimals = 3 - leading
    if let uncertainty, uncertainty.isFinite, uncertainty > 0 {
      decimals = 1 - Int(max(log10(uncertainty), -300).rounded(.down))
      decimals = max(min(decimals, most - 1 - leading), 2 - leading)
    }
    return min(max(decimals, 0), 12)
  }

  /// Without anything between thousands; far from 1 with an exponent: `2.0e-07`.
  package static func plain(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return "not finite" }
    guard abs(value) < 1e12 else { return String(format: "%.3e", value) }
    if decimals > 6, value != 0, abs(value) < 1e-4 { return String(format: "%.1e", value) }
    return String(format: "%.\(min(max(decimals, 0), 12))f", value)
  }

  package static func text(_ value: Double, decimals: Int) -> String {
    let plain = plain(value, decimals: decimals)
    guard abs(value) >= 10_000, abs(value) < 1e12 else { return plain }
    let parts = plain.split(separator: ".", maxSplits: 1)
    var grouped = ""
    let digits = Array(parts[0])
    for (index, digit) in digits.enumerated() {
      let left = digits.count - index
      if index > 0, left % 3 == 0, digits[index - 1] != "-" { grouped += "\u{202F}" }
      grouped.append(digit)
    }
    return parts.count > 1 ? grouped + "." + parts[1] : grouped
  }

  /// A value with four digits, or as many as its uncertainty supports.
  package static func text(_ value: Double, uncertainty: Double? = nil) -> String {
    text(value, decimals: decimals(of: value, uncertainty: uncertainty))
  }

  /// A tick label: no more decimals than the step between ticks needs.
  package static func tick(_ value: Double, step: Double) -> String {
    guard step.isFinite, step > 0 else { return text(value) }
    let decimals = max(0, -Int((log10(step) + 1e-9).rounded(.down)))
    return decimals > 6 ? String(format: "%.3g", value) : text(value, decimals: decimals)
  }

  /// `3.2×`, `12%`: how much two values differ, in the form that is easier to read.
  package static func ratio(_ ratio: Double) -> String {
    guard ratio.isFinite else { return "not finite" }
    if ratio >= 1.995 { return String(format: ratio < 9.95 ? "%.1f×" : "%.0f×", ratio) }
    return percent(ratio - 1)
  }

  package static func percent(_ share: Double) -> String {
    let percent = share * 100
    guard percent.isFinite else { return "not finite" }
    return String(
      format: abs(percent) < 0.095 ? "%.2f" : abs(percent) < 9.95 ? "%.1f" : "%.0f", percent)
      + "\u{202F}%"
  }

  /// An SVG coordinate, in tenths of a pixel.
  package static func pixel(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e7 else { return "0" }
    let tenths = Int((value * 10).rounded())
    let sign = tenths < 0 ? "-" : ""
    let rest = abs(tenths) % 10
    return rest == 0 ? "\(sign)\(abs(tenths) / 10)" : "\(sign)\(abs(tenths) / 10).\(rest)"
  }
}
