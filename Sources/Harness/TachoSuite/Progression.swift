// SPDX-License-Identifier: Apache-2.0

/// A run of whole numbers by steps or by factors, counted before it is made.
struct Progression {
  enum Advance: Equatable {
    case step(Int)
    case factor(Int)
    /// The powers of two inside the bounds.
    case powersOfTwo
  }

  let text: String
  let first: Int
  let last: Int
  let advance: Advance

  /// Reads any range form; nil when the term is not a range, an error when it is a broken one.
  init?(_ term: String, _ path: String) throws(ValueError) {
    text = term
    let bounds: (Int, Int)
    if let call = AxisCall(term) {
      (bounds, advance) = try Self.parse(call, term, path)
    } else if let (low, high) = QuantityText.ends(term) {
      bounds = try Self.bounds(low, high, term, path)
      advance = .step(1)
    } else if let dashed = try Self.dashed(term, path) {
      (bounds, advance) = dashed
    } else {
      return nil
    }
    (first, last) = bounds
    guard first <= last else {
      throw ValueError("\(path): \(quoted(term)) runs backwards; write the smaller number first")
    }
    switch advance {
    case .step(let step) where step < 1:
      throw ValueError("\(path): the step of \(quoted(term)) must be at least 1")
    case .factor(let factor) where factor < 2:
      throw ValueError("\(path): the factor of \(quoted(term)) must be at least 2")
    case .factor where first < 1:
      throw ValueError("\(path): \(quoted(term)) must start at 1 or more to grow by a factor")
    default: break
    }
  }

  /// The numbers, or an error when there are none or too many.
  func integers(_ path: String) throws(ValueError) -> [Int] {
    if case .step(let step) = advance {
      // In Double: the distance between two Ints may not fit one.
      let count = ((Double(last) - Double(first)) / Double(step)).rounded(.down) + 1
      guard count <= Double(AxisExpansion.maxValues) else {
        throw ValueError(
          "\(path): \(quoted(text)) has \(Self.grouped(count)) values;"
            + " at most \(AxisExpansion.maxValues) are allowed")
      }
      return Array(stride(from: first, through: last, by: step))
    }
    var numbers: [Int] = []
    var (number, factor) = (first, 2)
    if case .factor(let given) = advance { factor = given } else { number = 1 }
    while number <= last {
      if number >= first { numbers.append(number) }
      let (next, overflow) = number.multipliedReportingOverflow(by: factor)
      if overflow { break }
      number = next
    }
    guard !numbers.isEmpty else {
      throw ValueError("\(path): \(quoted(text)) holds no power of two")
    }
    return numbers
  }

  private static func grouped(_ count: Double) -> String {
    Int(exactly: count).map(String.init) ?? "\(count)"
  }

  private static func parse(
    _ call: AxisCall, _ term: String, _ path: String
  ) throws(ValueError) -> ((Int, Int), Advance) {
    guard let range = call.arguments.first, let (low, high) = QuantityText.ends(range) else {
      throw ValueError("\(path): \(quoted(term)) is not a range; expected \(AxisCall.forms)")
    }
    let bounds = try bounds(low, high, term, path)
    switch call.name {
    case "pow2" where call.arguments.count == 1: return (bounds, .powersOfTwo)
    case "range" where call.arguments.count == 1: return (bounds, .step(1))
    case "range":
      if let step = call.number(after: "step").flatMap({ QuantityText.int($0) }) {
        return (bounds, .step(step))
      }
      if let factor = call.number(after: "factor").flatMap({ QuantityText.int($0) }) {
        return (bounds, .factor(factor))
      }
    default: break
    }
    let hint = didYouMean(call.name, among: ["pow2", "range"].filter { $0 != call.name })
    throw ValueError("\(path): \(quoted(term)) is not a range\(hint); expected \(AxisCall.forms)")
  }

  private static func bounds(
    _ low: String, _ high: String, _ term: String, _ path: String
  ) throws(ValueError) -> (Int, Int) {
    guard let first = QuantityText.int(low), let last = QuantityText.int(high) else {
      throw ValueError("\(path): the ends of \(quoted(term)) are not whole numbers")
    }
    return (first, last)
  }

  /// `1-8`, `1-8*2`, `0-4096+1024`: the forms of llama-bench.
  private static func dashed(
    _ term: String, _ path: String
  ) throws(ValueError) -> ((Int, Int), Advance)? {
    guard let dash = term.dropFirst().firstIndex(of: "-"),
      let first = QuantityText.int(term[..<dash])
    else { return nil }
    let rest = term[term.index(after: dash)...]
    guard let sign = rest.dropFirst().firstIndex(where: { $0 == "*" || $0 == "+" }) else {
      guard let last = QuantityText.int(rest) else { return nil }
      return ((first, last), .step(1))
    }
    guard let last = QuantityText.int(rest[..<sign]),
      let amount = QuantityText.int(rest[rest.index(after: sign)...])
    else {
      throw ValueError(
        "\(path): \(quoted(term)) is not a range; expected a form such as 1-8, 1-8*2 or 0-64+8")
    }
    return ((first, last), rest[sign] == "*" ? .factor(amount) : .step(amount))
  }
}
