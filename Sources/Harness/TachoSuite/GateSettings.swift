// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The `gate:` section: what a change may cost, and what the gate may spend to find out.
package struct GateSettings: Sendable, Hashable, SettingGroup {
  package var point = GatePointSettings()
  package var policy = GatePolicy()
  package var groups = GateMargins.groups
  /// Knobs whose values make groups, besides the benchmarks.
  package var groupBy: [String] = []

  package init() {}

  /// Sets one key of `gate:` from its text.
  package mutating func set(_ key: String, to text: String) throws(ValueError) {
    func complaint(_ form: String) -> ValueError {
      ValueError("gate.\(key): \(quoted(text)) is not \(form)")
    }
    func share(_ range: ClosedRange<Double>) throws(ValueError) -> Double {
      guard let value = QuantityText.percent(text), range.contains(value) else {
        throw complaint(
          "a percentage from \(range.lowerBound * 100)% to \(range.upperBound * 100)%")
      }
      return value
    }
    func count(_ range: ClosedRange<Int>) throws(ValueError) -> Int {
      guard let value = QuantityText.int(text), range.contains(value) else {
        throw complaint("a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
    if let metric = Self.metric(ofKey: key) {
      try setMetric(metric, to: text, or: complaint)
      return
    }
    switch key {
    case "metrics":
      throw complaint("a mapping from metrics to margins, such as { latency/ttft: 2%, 5% }")
    case "tolerated": point.margins.tolerated = try share(0...1)
    case "must_not_pass": point.margins.mustNotPass = try share(0...9)
    case "tail":
      if text == "false" {
        point.tail = nil
      } else {
        guard let (tolerated, mustNotPass) = Self.two(text) else {
          throw complaint("two percentages such as 10%, 30%, or false")
        }
        point.tail = GateMargins(tolerated: tolerated, mustNotPass: mustNotPass)
      }
    case "groups":
      guard let (tolerated, mustNotPass) = Self.two(text) else {
        throw complaint("two percentages such as 0.5%, 2%")
      }
      groups = GateMargins(tolerated: tolerated, mustNotPass: mustNotPass)
    case "statistic":
      guard Self.statistics.contains(text) else {
        throw complaint("one of \(Self.statistics.joined(separator: ", "))")
      }
      point.statistic = text == "calibrated" ? nil : text
    case "outputs":
      guard let compares = ["compare": true, "ignore": false][text] else {
        throw complaint("compare or ignore")
      }
      point.comparesOutputs = compares
    case "exact":
      point.comparesCounts = text != "false"
      point.exact = text == "false" ? [:] : try Self.budgets(text, or: complaint)
    case "group_by": groupBy = text.split(separator: ",").map { String($0.filter { $0 != " " }) }
    case "alpha": policy.alpha = try share(0.00001...0.2)
    case "beta": policy.beta = try share(0.00001...0.2)
    case "pairs": policy.pairsMax = try count(6...10_000)
    case "samples": policy.rounds = try count(1...10_000)
    case "time":
      guard let seconds = QuantityText.seconds(text), seconds > 0 else {
        throw complaint("a time above 0, such as 15m")
      }
      policy.secondsMax = seconds
    default:
      let names = SuiteLanguage.gate.names
      throw ValueError(
        "unknown key 'gate.\(key)'\(didYouMean(key, among: names));"
          + " keys here: \(names.joined(separator: ", "))")
    }
  }

  /// What makes the settings contradict each other, or nil.
  package var contradiction: String? {
    let ofMetrics = point.judgedMetrics.lazy.compactMap { metric, margins in
      margins.complaint.map { "metrics.\(metric.id): \($0)" }
    }
    return
      (point.margins.complaint ?? point.tail?.complaint ?? groups.complaint ?? policy.complaint
      ?? ofMetrics.first).map { "gate: " + $0 }
  }

  private static let statistics = [
    "calibrated", "minimum", "p10", "p25", "median", "mean", "trimmed-mean",
  ]

  /// Of `metrics.latency/ttft` what follows the dot.
  private static func metric(ofKey key: String) -> String? {
    key.hasPrefix(SuiteLanguage.gateMetrics + ".")
      ? String(key.dropFirst(SuiteLanguage.gateMetrics.count + 1)) : nil
  }

  private mutating func setMetric(
    _ id: String, to text: String, or complaint: (String) -> ValueError
  ) throws(ValueError) {
    guard let metric = MetricRules.metric(id: id) else {
      let ids = MetricRules.all.map { $0.metric.id }
      throw ValueError(
        "gate.metrics: unknown metric \(quoted(id))\(didYouMean(id, among: ids)); "
          + "'tacho explain' lists all")
    }
    guard metric.better != .neither, !MetricRules.needsInstrument(id: id) else {
      throw ValueError(
        "gate.metrics: \(id) is not measured sample by sample as better or worse; "
          + "compare it exactly with 'exact: \(id) 1%'")
    }
    switch text {
    case "true": point.metrics[id] = .ofPoint
    case "false": point.metrics[id] = nil
    default:
      guard let (tolerated, mustNotPass) = Self.two(text) else {
        throw complaint("two percentages such as 2%, 5%, true for the point's own, or false")
      }
      point.metrics[id] = .own(GateMargins(tolerated: tolerated, mustNotPass: mustNotPass))
    }
  }

  private static func two(_ text: String) -> (Double, Double)? {
    let parts = text.split(separator: ",").map { String($0.filter { $0 != " " }) }
      .map(QuantityText.percent)
    guard parts.count == 2, let first = parts[0], let second = parts[1] else { return nil }
    return (first, second)
  }

  /// `launches/per-step, decode/bytes-per-token 1%`: names, each with what it may grow by.
  private static func budgets(
    _ text: String, or complaint: (String) -> ValueError
  ) throws(ValueError) -> [String: Double] {
    var result: [String: Double] = [:]
    for entry in text.split(separator: ",") {
      let words = entry.split(separator: " ").map(String.init)
      let budget = words.count == 2 ? QuantityText.percent(words[1]) : 0
      guard let name = words.first, words.count <= 2, let budget, budget >= 0,
        result.updateValue(budget, forKey: name) == nil
      else { throw complaint("names of metrics, each with a percentage or nothing after it") }
    }
    return result
  }
}
