// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Integer arithmetic, answered at once or over a scratchpad (Nye and others 2021).
///
/// `A d 347+586>` has the answer `933`; in short form `339 933` (the result's digits as they are found, from
/// the last); in long form `7+6+0=13 4+8+1=13 3+5+1=9 933`.
package struct Arithmetic: TaskFamily {
  package enum Form: String, Sendable, CaseIterable { case direct, short, long }
  package enum Operation: String, Sendable, CaseIterable { case add, subtract, multiply }

  package static let name = "arithmetic"
  package static let dials: [Knob] = [
    Knob("arithmetic.digits", .int(1...12), default: 3, "Most digits of a number."),
    Knob("arithmetic.least_digits", .int(1...12), default: 1, "Fewest digits of a number."),
    Knob(
      "arithmetic.operation", .choice(Operation.allCases.map(\.rawValue) + ["any"]), default: "add",
      "What is done; differences are not negative, the second factor has one digit."),
    Knob(
      "arithmetic.form", .choice(Form.allCases.map(\.rawValue) + ["any"]), default: "long",
      "Whether and how the way to the result is written."),
    Knob(
      "arithmetic.distractors", .int(0...16), default: 0,
      "Numbers before the question that have nothing to do with it."),
    shiftDial("Share of items made of the digits 0, 1, 8 and 9: long carries."),
  ]

  private let digits, leastDigits, distractors: Int
  private let operation: Operation?
  private let form: Form?
  private let shift: Double

  package init(_ dials: TaskDials) throws {
    digits = dials.int("arithmetic.digits")
    leastDigits = dials.int("arithmetic.least_digits")
    distractors = dials.int("arithmetic.distractors")
    operation = Operation(rawValue: dials.text("arithmetic.operation"))
    form = Form(rawValue: dials.text("arithmetic.form"))
    shift = dials.double("arithmetic.shift")
    guard leastDigits <= digits else {
      throw TaskError(
        "arithmetic.least_digits is \(leastDigits), more than arithmetic.digits, \(digits)")
    }
  }

  package func draw(_ random: inout CounterRandom) -> TaskItem {
    let operation = operation ?? random.pick(Operation.allCases)
    let form = form ?? random.pick(Form.allCases)
    let isShifted = random.unit() < shift
    var a = number(random.number(leastDigits...digits), isShifted, &random)
    var b =
      operation == .multiply
      ? random.number(2...9) : number(random.number(leastDigits...digits), isShifted, &random)
    if operation == .subtract, a < b { swap(&a, &b) }
    let noise = (0..<distractors).map { _ in random.digits(digits) + "; " }.joined()
    let (result, steps) = Self.work(a, operation, b)
    let answer: String
    switch form {
    case .direct: answer = "\(result)"
    case .short: answer = "\(String(String(result).reversed())) \(result)"
    case .long: answer = (steps + ["\(result)"]).joined(separator: " ")
    }
    let sign = ["add": "+", "subtract": "-", "multiply": "*"][operation.rawValue] ?? "+"
    // A sum and the sum turned round are one question.
    let pair = operation == .add ? [min(a, b), max(a, b)] : [a, b]
    return TaskItem(
      task: Self.name, prompt: "A \(form.rawValue.prefix(1)) \(noise)\(a)\(sign)\(b)>",
      answer: answer + "\n", key: "\(pair[0])\(sign)\(pair[1])")
  }

  private func number(_ count: Int, _ isShifted: Bool, _ random: inout CounterRandom) -> Int {
    guard isShifted else { return Int(random.digits(count)) ?? 0 }
    let first = random.pick([1, 8, 9])
    return (1..<max(1, count)).reduce(first) { value, _ in value * 10 + random.pick([0, 1, 8, 9]) }
  }

  /// The result and the steps of the long form, from the last digit on.
  static func work(_ a: Int, _ operation: Operation, _ b: Int) -> (result: Int, steps: [String]) {
    var (left, right, carry) = (a, b, 0)
    var steps: [String] = []
    repeat {
      let x = left % 10
      let y = operation == .multiply ? b : right % 10
      switch operation {
      case .add:
        let sum = x + y + carry
        steps.append("\(x)+\(y)+\(carry)=\(sum)")
        carry = sum / 10
      case .subtract:
        let difference = x - y - carry
        carry = difference < 0 ? 1 : 0
        steps.append("\(x)-\(y)-\(steps.isEmpty ? 0 : borrow(steps))=\(difference)")
      case .multiply:
        let product = x * y + carry
        steps.append("\(x)*\(y)+\(carry)=\(product)")
        carry = product / 10
      }
      left /= 10
      right /= 10
    } while left > 0 || (operation != .multiply && right > 0)
    switch operation {
    case .add: return (a + b, steps)
    case .subtract: return (a - b, steps)
    case .multiply: return (a * b, steps)
    }
  }

  /// What the digit before had to borrow: 1 if its difference was negative.
  private static func borrow(_ steps: [String]) -> Int {
    steps.last?.contains("=-") == true ? 1 : 0
  }
}
