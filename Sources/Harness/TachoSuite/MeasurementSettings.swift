// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// The `measure:` section: the policy of a point and how many worker processes measure it.
package struct MeasurementSettings: Sendable, Hashable, SettingGroup {
  package var policy: MeasurementPolicy
  /// Fresh worker processes per point.
  package var launches: Int

  package init(policy: MeasurementPolicy = MeasurementPolicy(), launches: Int = 1) {
    self.policy = policy
    self.launches = launches
  }

  /// Most samples or launches of one point; more is a typing mistake.
  static let maxCount = 1_000_000

  /// Sets one key of `measure:` from its text.
  package mutating func set(_ key: String, to text: String) throws(ValueError) {
    func expect<Value>(_ value: Value?, _ form: String) throws(ValueError) -> Value {
      guard let value else {
        throw ValueError("measure.\(key): \(quoted(text)) is not \(form)")
      }
      return value
    }
    let counts = 0...Self.maxCount
    switch key {
    case "samples":
      let span = QuantityText.span(text).flatMap { $0.lowerBound >= 1 ? $0 : nil }
      let value = try expect(
        span.flatMap { counts.contains($0.upperBound) ? $0 : nil },
        "a count from 1 to \(Self.maxCount) or a span such as 5..20")
      (policy.samplesMin, policy.samplesMax) = (value.lowerBound, value.upperBound)
    case "warmup":
      let span = QuantityText.span(text).flatMap { $0.lowerBound >= 0 ? $0 : nil }
      let value = try expect(
        span.flatMap { counts.contains($0.upperBound) ? $0 : nil },
        "a count from 0 to \(Self.maxCount) or a span such as 1..5")
      (policy.warmupMin, policy.warmupMax) = (value.lowerBound, value.upperBound)
    case "half_width":
      let ratio = QuantityText.percent(text).flatMap { (0...1).contains($0) ? $0 : nil }
      policy.relativeHalfWidth = try expect(ratio, "a percentage from 0% to 100%, such as 2%")
    case "min_time":
      policy.secondsMin = try expect(QuantityText.seconds(text), "a time such as 500ms")
    case "time":
      policy.secondsMax = try expect(positive(text), "a time above 0, such as 30s")
    case "timeout":
      policy.timeoutSeconds = try expect(positive(text), "a time above 0, such as 5m")
    case "memory":
      let bytes = QuantityText.bytes(text).flatMap { $0 > 0 ? $0 : nil }
      policy.memoryCapBytes = try expect(bytes, "a size above 0, such as 8GiB")
    case "launches":
      let count = QuantityText.int(text).flatMap { (1...10_000).contains($0) ? $0 : nil }
      launches = try expect(count, "a whole number from 1 to 10000")
    case "record_launches":
      policy.recordLaunches = try expect(
        LaunchRecording(spelling: text), "true, false or slow")
    case "collect": policy.collect = try expect(names(text), "names separated by commas")
    case "events": policy.events = try expect(names(text), "event names separated by commas")
    case "contaminated":
      policy.contaminated = try expect(Contamination(rawValue: text), "repeat or keep")
    default:
      let names = SuiteLanguage.measure.names
      throw ValueError(
        "unknown key 'measure.\(key)'\(didYouMean(key, among: names));"
          + " keys here: \(names.joined(separator: ", "))")
    }
  }

  /// What makes the settings contradict each other, or nil.
  package var contradiction: String? {
    policy.secondsMin > policy.secondsMax
      ? "measure: min_time (\(policy.secondsMin) s) is longer than time (\(policy.secondsMax) s)"
      : nil
  }

  /// `counters, energy`: each once, in the order given.
  private func names(_ text: String) -> [String]? {
    let names = text.split(separator: ",", omittingEmptySubsequences: false).map {
      String($0.filter { !$0.isWhitespace })
    }
    guard names.allSatisfy({ !$0.isEmpty }), Set(names).count == names.count else { return nil }
    return names
  }

  private func positive(_ text: String) -> Double? {
    QuantityText.seconds(text).flatMap { $0 > 0 ? $0 : nil }
  }
}
