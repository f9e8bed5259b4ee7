// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoTasks
import Testing

/// Every family at several settings of its dials: answers are judged as they should be, splits do not meet.
@Suite struct TaskFamilyTests {
  /// A family with dials.
  struct Setting: CustomTestStringConvertible, Sendable {
    let name: String
    var dials: [String: ConfigurationValue] = [:]
    var testDescription: String { "\(name) \(Configuration(dials).canonicalJSON)" }
    func family() throws -> any TaskFamily {
      try TaskFamilies.make(name, Configuration(dials))
    }
  }

  static let settings: [Setting] = [
    Setting(name: "recall"),
    Setting(
      name: "recall",
      dials: ["recall.pairs": 40, "recall.least_pairs": 3, "recall.needles": 3, "recall.hops": 2]),
    Setting(
      name: "recall",
      dials: [
        "recall.pairs": 5, "recall.hops": 4, "recall.shown": "yes", "recall.filler": 50,
        "recall.distractors": 30, "recall.shift": 0.5,
      ]),
    Setting(name: "arithmetic"),
    Setting(
      name: "arithmetic",
      dials: [
        "arithmetic.operation": "any", "arithmetic.form": "any", "arithmetic.digits": 6,
        "arithmetic.shift": 0.5, "arithmetic.distractors": 2,
      ]),
    Setting(name: "arithmetic", dials: ["arithmetic.form": "direct", "arithmetic.digits": 12]),
    Setting(name: "lists"),
    Setting(
      name: "lists",
      dials: ["lists.length": 60, "lists.alphabet": 4, "lists.distractors": 9, "lists.shift": 0.5]),
    Setting(name: "lists", dials: ["lists.operation": "shuffle", "lists.length": 35]),
    Setting(name: "facts"),
    Setting(
      name: "facts",
      dials: ["facts.query": "questions", "facts.shift": 0.5, "facts.distractors": 3]),
    Setting(name: "code"),
    Setting(name: "code", dials: ["code.lines": 30, "code.distractors": 5, "code.shift": 0.5]),
    Setting(name: "bayes"),
    Setting(
      name: "bayes",
      dials: [
        "bayes.variables": 6, "bayes.form": "any", "bayes.distractors": 4, "bayes.shift": 0.5,
      ]),
  ]

  @Test func everyFamilyIsTested() {
    #expect(Set(Self.settings.map(\.name)) == Set(TaskFamilies.all.map { $0.name }))
    for knob in TaskFamilies.dials { #expect(knob.normalized(knob.defaultValue) != nil) }
  }

  @Test(arguments: settings) func answersAreAccepted(_ setting: Setting) throws {
    let source = TaskSource(try setting.family(), split: .train, seed: 7)
    for index in 0..<100 {
      let item = try source.item(index)
      let verdict = TaskVerifier.judge(item.answer + "and more", of: item)
      #expect(verdict.outcome == .correct, "item \(index): \(item)")
      #expect(verdict.steps.allSatisfy { $0 }, "item \(index): \(item)")
      #expect(item.answer.hasSuffix("\n") && item.answer.dropLast().allSatisfy { $0 != "\n" })
      #expect(
        !item.prompt.contains("\n") && (item.prompt + item.answer).utf8.allSatisfy { $0 < 128 })
      #expect(item.task == setting.name)
    }
  }

  /// One character of the result changed, left out or doubled, and an answer cut off, are wrong.
  @Test(arguments: settings) func mutatedAnswersAreRejected(_ setting: Setting) throws {
    let source = TaskSource(try setting.family(), split: .search, seed: 8)
    var random = CounterRandom(seed: 8, stream: setting.testDescription)
    for index in 0..<50 {
      let item = try source.item(index)
      let words = item.answer.dropLast().split(separator: " ")
      let result = Array(words.last ?? "")
      let place = random.number(0...result.count - 1)
      var changed = result
      changed[place] = changed[place] == "z" ? "y" : "z"
      var doubled = result
      doubled.insert(result[place], at: place)
      for mutant in [changed, doubled, Array(result.dropLast())] {
        let text = (words.dropLast().map(String.init) + [String(mutant)]).joined(separator: " ")
        let outcome = TaskVerifier.judge(text + "\n", of: item).outcome
        #expect(outcome == .wrong, "\(item) as '\(text)'")
      }
      let unfinished = String(item.answer.dropLast())
      #expect(TaskVerifier.judge(unfinished, of: item).outcome == .wrong, "\(item)")
      #expect(TaskVerifier.judge("?\n", of: item).outcome == .abstained, "\(item)")
      #expect(TaskVerifier.judge("", of: item).outcome == .wrong, "\(item)")
    }
  }

  @Test(arguments: settings) func splitsAreDisjoint(_ setting: Setting) throws {
    let family = try setting.family()
    var keys: [TaskSplit: Set<String>] = [:]
    for split in TaskSplit.allCases {
      let source = TaskSource(family, split: split, seed: 9)
      keys[split] = Set(try (0..<300).map { try source.item($0).key })
    }
    for (a, b) in [
      (TaskSplit.train, TaskSplit.search), (.train, .evaluation), (.search, .evaluation),
    ] {
      let common = keys[a, default: []].intersection(keys[b, default: []])
      #expect(common.isEmpty, "\(a) and \(b): \(common.first ?? "")")
    }
  }

  @Test(arguments: settings) func itemsDependOnSeedSplitAndNumberAlone(_ setting: Setting) throws {
    let a = TaskSource(try setting.family(), split: .train, seed: 3)
    let b = TaskSource(try setting.family(), split: .train, seed: 3)
    let other = TaskSource(try setting.family(), split: .train, seed: 4)
    let forwards = try (0..<20).map { try a.item($0) }
    let backwards = try (0..<20).reversed().map { try b.item($0) }
    #expect(forwards == backwards.reversed())
    #expect(try forwards != (0..<20).map { try other.item($0) })
  }

  @Test func keysAreSplitInProportion() {
    var random = CounterRandom(seed: 1, stream: "keys")
    var counts: [TaskSplit: Int] = [:]
    for _ in 0..<20_000 {
      let item = TaskItem(task: "t", prompt: "", answer: "\n", key: "\(random.next())")
      counts[item.split, default: 0] += 1
    }
    // Six deviations of a binomial of 20,000.
    #expect(abs(counts[.train, default: 0] - 16_000) < 340)
    #expect(abs(counts[.search, default: 0] - 2_000) < 255)
    #expect(abs(counts[.evaluation, default: 0] - 2_000) < 255)
  }

  @Test func badSettingsAreSaid() {
    func message(_ name: String, _ dials: [String: ConfigurationValue]) -> String {
      do {
        _ = try TaskFamilies.make(name, Configuration(dials))
        return "none"
      } catch { return "\(error)" }
    }
    #expect(message("recal", [:]).contains("did you mean 'recall'"))
    #expect(message("recall", ["recall.pair": 3]).contains("did you mean 'recall.pairs'"))
    #expect(message("recall", ["recall.pairs": 0]).contains("a whole number from 1 to 400"))
    #expect(message("recall", ["recall.pairs": 2, "recall.needles": 3]).contains("only 2 chains"))
    #expect(message("recall", ["recall.least_pairs": 20]).contains("more than recall.pairs"))
    #expect(message("recall", ["recall.pairs": 200, "recall.hops": 4]).contains("at most 600"))
    #expect(message("lists", ["lists.least_length": 30]).contains("more than lists.length"))
    #expect(message("arithmetic", ["arithmetic.least_digits": 9]).contains("arithmetic.digits"))
  }

  @Test func aSpaceTooSmallIsSaid() throws {
    let family = try TaskFamilies.make(
      "arithmetic", Configuration(["arithmetic.digits": 1, "arithmetic.operation": "multiply"]))
    // 72 questions: the search split has some, or says that it has none.
    let source = TaskSource(family, split: .search, seed: 1)
    do { #expect(try source.item(0).split == .search) } catch {
      #expect("\(error)".contains("turn its dials up"))
    }
    let statements = try TaskFamilies.make("facts", Configuration(["facts.query": "statement"]))
    #expect(statements.splits == [.train] && family.splits == TaskSplit.allCases)
    #expect(throws: TaskError.self) {
      try TaskSource(statements, split: .evaluation, seed: 1).item(0)
    }
  }
}
