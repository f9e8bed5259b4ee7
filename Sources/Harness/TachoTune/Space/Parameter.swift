// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog

/// One thing a study varies: a dotted path and the values it may take.
package struct Parameter: Sendable, Hashable {
  package enum Domain: Sendable, Hashable {
    /// lower, lower + step, ... up to upper; `log` searches ratios (with step 1 and lower at least 1).
    case integer(ClosedRange<Int>, step: Int, log: Bool)
    /// Any number of the range; `log` searches ratios (lower above 0).
    case real(ClosedRange<Double>, log: Bool)
    /// Values without an order.
    case categorical([ConfigurationValue])
    /// Values in the order given, neighbours alike.
    case ordinal([ConfigurationValue])
  }

  package let path: String
  package let domain: Domain
  /// It has a value only where this holds.
  package let condition: Expression?

  package init(_ path: String, _ domain: Domain, when condition: Expression? = nil) {
    self.path = path
    self.domain = domain
    self.condition = condition
  }

  /// What is wrong with the domain, or nil.
  var complaint: String? {
    switch domain {
    case .integer(let range, let step, let log):
      if abs(range.lowerBound) > Self.maxInteger || abs(range.upperBound) > Self.maxInteger {
        return "whole numbers must lie within ±2^52"
      }
      if step < 1 { return "the step must be at least 1, not \(step)" }
      if log, range.lowerBound < 1 {
        return "a log range starts at 1 or more, not at \(range.lowerBound)"
      }
      if log, step != 1 { return "a log range has no step; leave 'step' or 'log' out" }
    case .real(let range, let log):
      guard range.lowerBound.isFinite, range.upperBound.isFinite,
        (range.upperBound - range.lowerBound).isFinite
      else { return "the ends of a range must be finite" }
      if range.lowerBound == range.upperBound {
        return "the range holds one number only; set it instead of searching it"
      }
      if log, range.lowerBound <= 0 {
        return "a log range starts above 0, not at \(range.lowerBound)"
      }
    case .categorical(let values), .ordinal(let values):
      if values.isEmpty { return "the list of values is empty" }
      if let double = values.first(where: { value in
        values.count { $0.canonicalJSON == value.canonicalJSON } > 1
      }) {
        return "\(double.canonicalJSON) is listed twice"
      }
    }
    return nil
  }

  /// Doubles hold every whole number up to here, and a half beside it.
  static let maxInteger = 1 << 52

  /// How many values it has; nil for a real range.
  package var count: Int? {
    switch domain {
    case .integer(let range, let step, _): return (range.upperBound - range.lowerBound) / step + 1
    case .real: return nil
    case .categorical(let values), .ordinal(let values): return values.count
    }
  }

  package var isCategorical: Bool {
    if case .categorical = domain { return true }
    return false
  }

  /// The value at a place of `0..<count`, in the domain's order.
  package func value(at index: Int) -> ConfigurationValue {
    switch domain {
    case .integer(let range, let step, _): return .int(range.lowerBound + index * step)
    case .real(let range, _): return .double(range.lowerBound)
    case .categorical(let values), .ordinal(let values): return values[index]
    }
  }

  /// The place of a value in the domain's order; nil for values it has not and for reals.
  package func index(of value: ConfigurationValue) -> Int? {
    switch domain {
    case .integer(let range, let step, _):
      guard let number = value.intValue, range.contains(number),
        (number - range.lowerBound) % step == 0
      else { return nil }
      return (number - range.lowerBound) / step
    case .real: return nil
    case .categorical(let values), .ordinal(let values):
      let wanted = value.canonicalJSON
      return values.firstIndex { $0.canonicalJSON == wanted }
    }
  }

  /// The value in the domain's own form, so that 1 and 1.0 are one; nil when the domain lacks it.
  package func normalized(_ value: ConfigurationValue) -> ConfigurationValue? {
    if case .real(let range, _) = domain {
      guard let number = value.doubleValue, range.contains(number) else { return nil }
      return .double(number)
    }
    return index(of: value).map { self.value(at: $0) }
  }

  /// What a value must look like, for messages.
  package var expectation: String {
    switch domain {
    case .integer(let range, let step, _):
      return "a whole number from \(range.lowerBound) to \(range.upperBound)"
        + (step > 1 ? " in steps of \(step)" : "")
    case .real(let range, _): return "a number from \(range.lowerBound) to \(range.upperBound)"
    case .categorical(let values), .ordinal(let values):
      return "one of " + values.map(\.display).joined(separator: ", ")
    }
  }
}
