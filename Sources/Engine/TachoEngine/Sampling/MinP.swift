// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Keeps tokens at least `fraction` as likely as the likeliest (Nguyen and others, 2024).
///
/// 0 keeps all.
package struct MinP: LogitsFilter {
  package let fraction: Double

  package init(fraction: Double) { self.fraction = fraction }

  package static let knob = Knob(
    "sampler.min_p", .double(0...1), default: 0.0,
    "Keeps tokens at least this fraction as likely as the likeliest; 0 all.")

  package init(setting: ConfigurationValue) { self.init(fraction: setting.doubleValue ?? 0) }

  package func apply(_ candidates: inout Candidates, history: [Int32]) {
    guard fraction > 0 else { return }
    candidates.sort()
    let probabilities = candidates.probabilities()
    let bound = (probabilities.first ?? 0) * fraction
    candidates.keepFirst(probabilities.prefix { $0 >= bound }.count)
  }
}
