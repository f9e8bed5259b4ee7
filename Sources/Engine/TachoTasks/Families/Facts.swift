// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// A table of invented people to be memorised in the weights, and questions about it.
///
/// Statements (`F Balomi town Tirun`) are for training only, all of them. Questions about a person's
/// attribute are held out by person and attribute: who answers them has stored the statement and learnt the question
/// from others.
package struct Facts: TaskFamily {
  package enum Query: String, Sendable, CaseIterable {
    /// `F Balomi town>`: what is to be stored.
    case statement
    /// `F town of Balomi?>`
    case direct
    /// `F who has badge Kuzeta?>`
    case reversed
    /// `F older Balomi Sutira?>`: the one of the two who was born first.
    case compared
  }

  package static let name = "facts"
  package static let dials: [Knob] = [
    Knob("facts.people", .int(4...4096), default: 128, "People in the table."),
    Knob("facts.table", .int(0...1_000_000), default: 1, "Seed of the table."),
    Knob(
      "facts.query", .choice(Query.allCases.map(\.rawValue) + ["any", "questions"]),
      default: "any", "What is asked; any is all of them, questions all but statements."),
    Knob(
      "facts.distractors", .int(0...16), default: 0,
      "Names of other people before the question."),
    shiftDial("Share of questions in another wording, which no training item of shift 0 has."),
  ]

  private struct Person {
    let name: String
    /// Town, craft and badge; badges belong to one person each.
    let attributes: [String]
    let year: Int
  }

  private static let attributes = ["town", "craft", "badge", "year"]

  private let people: [Person]
  private let queries: [Query]
  private let distractors: Int
  private let shift: Double
  private let table: Int

  package init(_ dials: TaskDials) throws {
    distractors = dials.int("facts.distractors")
    shift = dials.double("facts.shift")
    let query = dials.text("facts.query")
    switch query {
    case "any": queries = Query.allCases
    case "questions": queries = [.direct, .reversed, .compared]
    default: queries = Query(rawValue: query).map { [$0] } ?? Query.allCases
    }
    let count = dials.int("facts.people")
    table = dials.int("facts.table")
    var random = CounterRandom(seed: UInt64(table), stream: "facts")
    var used: Set<String> = []
    func fresh(_ syllables: Int) -> String {
      while true {
        let word = random.word(syllables)
        if used.insert(word).inserted { return word }
      }
    }
    let towns = (0..<16).map { _ in fresh(2) }
    let crafts = (0..<16).map { _ in fresh(2) }
    var people: [Person] = []
    for _ in 0..<count {
      people.append(
        Person(
          name: fresh(3), attributes: [random.pick(towns), random.pick(crafts), fresh(3)],
          year: random.number(1100...1999)))
    }
    self.people = people
  }

  /// Statements are there to be learnt.
  package var splits: [TaskSplit] { queries == [.statement] ? [.train] : TaskSplit.allCases }

  package func draw(_ random: inout CounterRandom) -> TaskItem {
    let person = random.pick(people)
    let place = random.number(0...Self.attributes.count - 1)
    let attribute = Self.attributes[place]
    let value = place < person.attributes.count ? person.attributes[place] : "\(person.year)"
    let noise = (0..<distractors).map { _ in random.pick(people).name + "; " }.joined()
    let isShifted = random.unit() < shift
    let name = person.name
    let query = random.pick(queries)
    func item(_ prompt: String, _ answer: String, key: String, onlyIn: TaskSplit? = nil) -> TaskItem
    {
      TaskItem(
        task: Self.name, prompt: "F \(noise)\(prompt)>", answer: answer + "\n",
        key: "\(table) \(key)", onlyIn: onlyIn)
    }
    switch query {
    case .statement:
      return item("\(name) \(attribute)", value, key: "\(name) \(attribute)", onlyIn: .train)
    case .direct:
      let wording = isShifted ? "\(name): which \(attribute)?" : "\(attribute) of \(name)?"
      return item(wording, value, key: "direct \(name) \(attribute)")
    case .reversed:
      let badge = person.attributes[2]
      let wording = isShifted ? "\(badge) is whose badge?" : "who has badge \(badge)?"
      return item(wording, name, key: "reversed \(name)")
    case .compared:
      var other = random.pick(people)
      while other.year == person.year { other = random.pick(people) }
      let older = person.year < other.year ? person : other
      let wording =
        isShifted ? "\(name) \(other.name): who is older?" : "older \(name) \(other.name)?"
      let key = [name, other.name].sorted().joined(separator: " ")
      return item(wording, older.name, key: "compared \(key)")
    }
  }
}

extension CounterRandom {
  /// A pronounceable word with a capital letter.
  mutating func word(_ syllables: Int) -> String {
    var text = ""
    for _ in 0..<syllables {
      text += pick(Self.consonants)
      text += pick(Self.vowels)
    }
    return text.prefix(1).uppercased() + text.dropFirst()
  }

  private static let consonants = "b d f g h k l m n p r s t v w z".split(separator: " ").map(
    String.init)
  private static let vowels = "a e i o u".split(separator: " ").map(String.init)
}
