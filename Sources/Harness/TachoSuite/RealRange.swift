// SPDX-License-Identifier: Apache-2.0

/// `range(0..1, step 0.25)` or `range(0.125..8, factor 2)` over decimal numbers.
struct RealRange {
  let numbers: [Double]

  /// Nil when the term is a plain number; an error when it is a broken range.
  init?(_ term: String, _ path: String) throws(ValueError) {
    guard let call = AxisCall(term) else {
      guard QuantityText.ends(term) == nil else {
        throw ValueError(
          "\(path): \(quoted(term)) needs a step; write range(\(term), step 0.1)")
      }
      return nil
    }
    guard call.name == "range", let (low, high) = call.arguments.first.flatMap(QuantityText.ends),
      let first = QuantityText.double(low), let last = QuantityText.double(high)
    else {
      throw ValueError(
        "\(path): \(quoted(term)) is not a range; expected range(0..1, step 0.25)"
          + " or range(0.1..10, factor 10)")
    }
    guard first <= last else {
      throw ValueError("\(path): \(quoted(term)) runs backwards; write the smaller number first")
    }
    if let step = call.number(after: "step").flatMap({ QuantityText.double($0) }) {
      guard step > 0 else {
        throw ValueError("\(path): the step of \(quoted(term)) must be above 0")
      }
      // A hair of slack, so that 0..1 by 0.1 ends at 1 in spite of rounding.
      let count = ((last - first) / step * (1 + 1e-12) + 1e-9).rounded(.down) + 1
      try Self.check(count, term, path)
      numbers = (0..<Int(count)).map { Self.rounded(first + Double($0) * step, by: step) }
    } else if let factor = call.number(after: "factor").flatMap({ QuantityText.double($0) }) {
      guard factor > 1, first > 0 else {
        throw ValueError(
          "\(path): \(quoted(term)) must start above 0 and have a factor above 1")
      }
      var values: [Double] = []
      var number = first
      while number <= last * (1 + 1e-12) {
        values.append(min(number, last))
        try Self.check(Double(values.count), term, path)
        number *= factor
      }
      numbers = values
    } else {
      throw ValueError(
        "\(path): \(quoted(term)) needs 'step S' or 'factor F' after the comma")
    }
  }

  private static func check(
    _ count: Double, _ term: String, _ path: String
  ) throws(ValueError) {
    guard count <= Double(AxisExpansion.maxValues) else {
      throw ValueError(
        "\(path): \(quoted(term)) has more than \(AxisExpansion.maxValues) values")
    }
  }

  /// 0.30000000000000004 is 0.3: the result has no digits a millionth of the step would not have.
  private static func rounded(_ value: Double, by step: Double) -> Double {
    let scale = (1e6 / step).rounded()
    guard scale.isFinite, scale >= 1, abs(value) * scale < 9e15 else { return value }
    let number = (value * scale).rounded() / scale
    return number
  }
}
