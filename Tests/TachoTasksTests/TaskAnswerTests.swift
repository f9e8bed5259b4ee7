// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoTasks
import Testing

/// Answers found again from the prompt alone, by other code than the generator's.
@Suite struct TaskAnswerTests {
  static func items(_ name: String, _ dials: [String: ConfigurationValue]) throws -> [TaskItem] {
    let source = TaskSource(
      try TaskFamilies.make(name, Configuration(dials)), split: .evaluation, seed: 21)
    return try (0..<100).map { try source.item($0) }
  }

  @Test(arguments: [1, 2, 3]) func recallFollowsItsChains(hops: Int) throws {
    let items = try Self.items(
      "recall",
      [
        "recall.hops": .int(hops), "recall.needles": 2, "recall.pairs": 9, "recall.distractors": 12,
        "recall.filler": 20,
      ])
    for item in items {
      var table: [Substring: Substring] = [:]
      let words = item.prompt.split(separator: " ")
      for word in words where word.contains("=") {
        let parts = word.split(separator: "=")
        #expect(table.updateValue(parts[1], forKey: parts[0]) == nil, "\(item): a key twice")
      }
      let question = item.prompt.split(separator: "?").last?.dropLast() ?? ""
      let values = question.split(separator: " ").map { key -> Substring in
        var key = key
        var steps = 0
        while let next = table[key] { (key, steps) = (next, steps + 1) }
        #expect(steps == hops, "\(item)")
        return key
      }
      #expect(values.joined(separator: ",") + "\n" == item.answer, "\(item)")
    }
  }

  @Test(arguments: ["add", "subtract", "multiply"]) func arithmeticIsRight(operation: String) throws
  {
    let items = try Self.items(
      "arithmetic",
      [
        "arithmetic.operation": .string(operation), "arithmetic.digits": 5,
        "arithmetic.form": "long",
      ])
    for item in items {
      let question = item.prompt.dropFirst(4).dropLast()
      let numbers = question.split { "+-*".contains($0) }.compactMap { Int($0) }
      let expected =
        operation == "add"
        ? numbers[0] + numbers[1]
        : operation == "subtract" ? numbers[0] - numbers[1] : numbers[0] * numbers[1]
      let words = item.answer.dropLast().split(separator: " ")
      #expect(words.last == "\(expected)", "\(item)")
      // The steps' last digits, from the last step on, spell the result.
      let digits = words.dropLast().map { step -> Int in
        let value = Int(step.split(separator: "=").last ?? "") ?? 99
        return ((value % 10) + 10) % 10
      }
      let last = Int(words.dropLast().last?.split(separator: "=").last ?? "") ?? 0
      let front = last >= 10 ? "\(last / 10)" : ""
      let spelt = front + digits.reversed().map(String.init).joined()
      #expect(Int(spelt) == expected, "\(item)")
    }
  }

  @Test func anExampleOfTheLongForm() throws {
    let items = try Self.items(
      "arithmetic", ["arithmetic.digits": 2, "arithmetic.least_digits": 2])
    for item in items {
      let numbers = item.prompt.dropFirst(4).dropLast().split(separator: "+").compactMap { Int($0) }
      let (a, b) = (numbers[0], numbers[1])
      let low = a % 10 + b % 10
      let high = a / 10 + b / 10 + low / 10
      let expected =
        "\(a % 10)+\(b % 10)+0=\(low) \(a / 10)+\(b / 10)+\(low / 10)=\(high) \(a + b)\n"
      #expect(item.answer == expected)
    }
  }

  @Test func listsAreRight() throws {
    for item in try Self.items("lists", ["lists.length": 30]) {
      let words = item.prompt.dropLast().split(separator: " ").map(Array.init)
      let list = words[words.count - 1]
      let expected: [Character]
      switch String(words[1]) {
      case "copy": expected = list
      case "reverse": expected = list.indices.map { list[list.count - 1 - $0] }
      case "sort":
        expected = "abcdefghijklmnopqrstuvwxyz".flatMap { letter in list.filter { $0 == letter } }
      case "replace":
        expected = list.map { $0 == words[2][0] ? words[2][2] : $0 }
      default:
        let places = Array("123456789abcdefghijklmnopqrstuvwxyz")
        expected = words[2].map { list[places.firstIndex(of: $0) ?? 0] }
      }
      #expect(String(expected) + "\n" == item.answer, "\(item)")
    }
  }

  @Test func factsAgreeWithTheirStatements() throws {
    var known: [String: String] = [:]
    let statements = TaskSource(
      try TaskFamilies.make(
        "facts", Configuration(["facts.people": 8, "facts.query": "statement"])), split: .train,
      seed: 1)
    for index in 0..<400 {
      let item = try statements.item(index)
      let subject = String(item.prompt.dropFirst(2).dropLast())
      let value = String(item.answer.dropLast())
      #expect(known.updateValue(value, forKey: subject) ?? value == value)
    }
    #expect(known.count == 32, "8 people, 4 attributes")
    for item in try Self.items("facts", ["facts.people": 8, "facts.query": "questions"]) {
      let words = item.prompt.dropFirst(2).dropLast(2).split(separator: " ").map(String.init)
      let answer = String(item.answer.dropLast())
      switch words[0] {
      case "who": #expect(known["\(answer) badge"] == words[3], "\(item)")
      case "older":
        let other = words[1] == answer ? words[2] : words[1]
        let years = [answer, other].compactMap { known["\($0) year"].flatMap { Int($0) } }
        #expect(years.count == 2 && years[0] < years[1], "\(item)")
      default: #expect(known["\(words[2]) \(words[0])"] == answer, "\(item)")
      }
    }
  }

  @Test func codeReturnsWhatWasAssignedLast() throws {
    for item in try Self.items("code", ["code.lines": 12, "code.distractors": 4]) {
      let lines = item.prompt.dropFirst(2).split(separator: "|")
      let header = lines[0].dropFirst(4).dropLast()
      let last = lines.dropFirst().last { $0.contains("=") }?.split(separator: "=").first ?? ""
      #expect(item.answer == "return(\(last))|\(header)\n", "\(item)")
    }
  }

  @Test func bayesNetsFollowTheirTables() throws {
    for item in try Self.items("bayes", ["bayes.variables": 5, "bayes.distractors": 3]) {
      var value: [Substring: Int] = [:]
      let tables = item.prompt.dropFirst(2).split(separator: " ").dropLast(2)
      // Tables stand in any order: pass over them until nothing is new.
      for _ in 0..<9 {
        for table in tables {
          let parts = table.split { "<:,".contains($0) }
          if table.contains("<"), let parent = value[parts[1]], let yes = Int(parts[2]),
            let no = Int(parts[3])
          {
            value[parts[0]] = (parent * yes + (100 - parent) * no + 50) / 100
          } else if !table.contains("<") {
            value[parts[0]] = Int(parts[1])
          }
        }
      }
      let words = item.answer.dropLast().split(separator: " ")
      #expect(words.count == 5)
      for word in words { #expect(value[word.prefix(1)] == Int(word.dropFirst()), "\(item)") }
    }
  }
}
