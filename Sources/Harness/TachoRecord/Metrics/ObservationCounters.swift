// SPDX-License-Identifier: Apache-2.0

extension Observation {
  /// The first reading of a quantity; nil when it was not asked for.
  package func counter(_ quantity: CounterReading.Quantity) -> CounterReading? {
    counters?.first { $0.quantity == quantity }
  }

  /// A quantity over the timed region, on all threads; nil when it was not asked for.
  func counted(_ quantity: CounterReading.Quantity) -> Reading? {
    combined([quantity]) { $0[0] }
  }

  /// A number made of several quantities, or why there is none; nil when one was not asked for.
  ///
  /// The parts must have been counted alike in this sample: all measured, or all scaled within one group, and
  /// in the same modes of the processor. (The task clock is the same in every mode.)
  func combined(
    _ quantities: [CounterReading.Quantity], _ formula: ([Double]) -> Double?
  ) -> Reading? {
    let parts = quantities.compactMap { counter($0) }
    guard parts.count == quantities.count else { return nil }
    var values: [Double] = []
    for (part, quantity) in zip(parts, quantities) {
      guard let value = part.total.value else {
        return .unavailable("\(quantity.rawValue): \(part.total.reason ?? "not counted")")
      }
      values.append(value)
    }
    for (part, quantity) in zip(parts, quantities).dropFirst() {
      let (first, other) = (parts[0], part)
      let names = (quantities[0].rawValue, quantity.rawValue)
      guard first.total.validity == other.total.validity else {
        return .unavailable(
          "\(names.0) is \(first.total.validity.rawValue) and \(names.1) "
            + "\(other.total.validity.rawValue): they were not counted alike")
      }
      guard first.total.validity == .measured || first.group == other.group else {
        return .unavailable("\(names.0) and \(names.1) were scaled in different groups")
      }
      let clock = quantities[0] == .taskClock || quantity == .taskClock
      guard clock || first.scope == other.scope else {
        return .unavailable(
          "\(names.0) is of \(first.scope?.rawValue ?? "unknown") mode and \(names.1) of "
            + "\(other.scope?.rawValue ?? "unknown")")
      }
    }
    guard let value = formula(values) else {
      return .unavailable("\(quantities[quantities.count - 1].rawValue) is 0")
    }
    return .value(value)
  }

  /// One quantity over another, times a factor.
  func ratio(
    _ dividend: CounterReading.Quantity, over divisor: CounterReading.Quantity,
    times factor: Double = 1
  ) -> Reading? {
    combined([dividend, divisor]) { $0[1] > 0 ? $0[0] / $0[1] * factor : nil }
  }
}
