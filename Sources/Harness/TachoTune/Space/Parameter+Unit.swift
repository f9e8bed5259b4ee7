// SPDX-License-Identifier: Apache-2.0
import Foundation
package import TachoCatalog

/// The parameter laid on the unit interval, which is what samplers see.
///
/// A value of a finite domain owns a cell: equal ones for whole numbers with a step, ordinals and
/// categories; for whole numbers in log the cell of k is from ln(k - 1/2) to ln(k + 1/2), scaled.
extension Parameter {
  /// The axis before scaling: where 0 and 1 of the unit interval lie.
  private var axis: (low: Double, high: Double) {
    switch domain {
    case .integer(let range, _, log: true):
      return (log(Double(range.lowerBound) - 0.5), log(Double(range.upperBound) + 0.5))
    case .real(let range, log: true): return (log(range.lowerBound), log(range.upperBound))
    case .real(let range, log: false): return (range.lowerBound, range.upperBound)
    default: return (0, Double(count ?? 1))
    }
  }

  private var isLogInteger: Bool {
    if case .integer(_, _, log: true) = domain { return true }
    return false
  }

  /// The value whose cell holds `unit`, which is cut to 0...1.
  package func value(atUnit unit: Double) -> ConfigurationValue {
    let unit = min(max(unit, 0), 1)
    let (low, high) = axis
    let place = low + unit * (high - low)
    switch domain {
    case .real(let range, let isLog):
      let number = isLog ? exp(place) : place
      return .double(min(max(number, range.lowerBound), range.upperBound))
    case .integer(let range, _, log: true):
      let number = exp(place).rounded()
      return .int(Int(min(max(number, Double(range.lowerBound)), Double(range.upperBound))))
    default:
      return value(at: min(Int(place), (count ?? 1) - 1))
    }
  }

  /// Where a value lies on the unit interval, the middle of its cell; nil for values it has not.
  package func unit(of value: ConfigurationValue) -> Double? {
    let (low, high) = axis
    if case .real(let range, let isLog) = domain {
      guard let number = value.doubleValue, range.contains(number) else { return nil }
      return min(max(((isLog ? log(number) : number) - low) / (high - low), 0), 1)
    }
    guard let index = index(of: value) else { return nil }
    if isLogInteger, let number = value.doubleValue { return (log(number) - low) / (high - low) }
    return (Double(index) + 0.5) / high
  }

  /// The cell of the value at a unit coordinate; nil for reals, which have none.
  package func cell(atUnit unit: Double) -> ClosedRange<Double>? {
    guard count != nil else { return nil }
    let value = value(atUnit: unit)
    let (low, high) = axis
    if isLogInteger, let number = value.doubleValue {
      let start = (log(number - 0.5) - low) / (high - low)
      let end = (log(number + 0.5) - low) / (high - low)
      return max(start, 0)...min(end, 1)
    }
    guard let index = index(of: value) else { return nil }
    return Double(index) / high...Double(index + 1) / high
  }
}
