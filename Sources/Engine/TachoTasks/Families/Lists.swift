// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// List operations whose outputs depend on the input more or less far: copy on one place, reverse on one that
/// moves, replace on one and a rule, shuffle on one that the prompt names, sort on all of them.
///
/// `L reverse dbca>` has the answer `acbd`; `L replace b/x dbca>` `dxca`; `L shuffle 3142 dbca>` `cdab`.
package struct Lists: TaskFamily {
  package enum Operation: String, Sendable, CaseIterable {
    case copy, reverse, sort, replace, shuffle
  }

  package static let name = "lists"
  package static let dials: [Knob] = [
    Knob("lists.length", .int(1...200), default: 10, "Most elements; shuffles have up to 35."),
    Knob("lists.least_length", .int(1...200), default: 3, "Fewest elements."),
    Knob(
      "lists.operation", .choice(Operation.allCases.map(\.rawValue) + ["any"]), default: "any",
      "What is done with the list."),
    Knob("lists.alphabet", .int(2...26), default: 26, "Letters that elements are drawn from."),
    Knob(
      "lists.distractors", .int(0...64), default: 0,
      "Letters in brackets before the list that are no part of it."),
    shiftDial("Share of items whose elements are capital letters."),
  ]

  private let length, leastLength, alphabet, distractors: Int
  private let operation: Operation?
  private let shift: Double

  package init(_ dials: TaskDials) throws {
    length = dials.int("lists.length")
    leastLength = dials.int("lists.least_length")
    alphabet = dials.int("lists.alphabet")
    distractors = dials.int("lists.distractors")
    operation = Operation(rawValue: dials.text("lists.operation"))
    shift = dials.double("lists.shift")
    guard leastLength <= length else {
      throw TaskError("lists.least_length is \(leastLength), more than lists.length, \(length)")
    }
    guard operation != .shuffle || leastLength <= Self.places.count else {
      throw TaskError(
        "a shuffle has at most \(Self.places.count) elements: lists.least_length is \(leastLength)")
    }
  }

  /// How a shuffle names the first place, the second ...
  private static let places = Array("123456789abcdefghijklmnopqrstuvwxyz")

  package func draw(_ random: inout CounterRandom) -> TaskItem {
    var operation = operation ?? random.pick(Operation.allCases)
    let first = UInt8(ascii: random.unit() < shift ? "A" : "a")
    var count = random.number(leastLength...length)
    if operation == .shuffle, count > Self.places.count {
      if leastLength > Self.places.count { operation = .copy } else { count = Self.places.count }
    }
    func letter(_ random: inout CounterRandom) -> Character {
      Character(UnicodeScalar(first + UInt8(random.number(0...alphabet - 1))))
    }
    let list = (0..<count).map { _ in letter(&random) }
    var rule = ""
    let result: [Character]
    switch operation {
    case .copy: result = list
    case .reverse: result = list.reversed()
    case .sort: result = list.sorted()
    case .replace:
      let old = random.pick(list)
      let new = letter(&random)
      rule = "\(old)/\(new) "
      result = list.map { $0 == old ? new : $0 }
    case .shuffle:
      let order = random.shuffled(Array(list.indices))
      rule = String(order.map { Self.places[$0] }) + " "
      result = order.map { list[$0] }
    }
    let noise =
      distractors == 0
      ? "" : "(" + String((0..<distractors).map { _ in letter(&random) }) + ") "
    let question = "\(operation.rawValue) \(rule)"
    return TaskItem(
      task: Self.name, prompt: "L \(question)\(noise)\(String(list))>",
      answer: String(result) + "\n", key: question + String(list))
  }
}
