// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// A chain of yes-no variables, each with its probability given the one before: what is the probability of the last?
/// Local steps answer what was never seen together (Prystawski and others 2023).
///
/// `B c<b:70,10 a:30 b<a:90,20 ?c s>` has the answer `a30 b41 c35`, in hundredths, each step rounded half up:
/// b is (30 * 90 + 70 * 20) / 100 = 41.
package struct BayesNet: TaskFamily {
  package static let name = "bayes"
  package static let dials: [Knob] = [
    Knob(
      "bayes.variables", .int(2...20), default: 3, "Variables from the first to the one asked for."),
    Knob(
      "bayes.form", .choice(["direct", "steps", "any"]), default: "steps",
      "Whether the probabilities on the way are written."),
    Knob("bayes.distractors", .int(0...5), default: 0, "Variables that do not matter."),
    shiftDial("Share of items with probabilities below 10 or above 90 hundredths."),
  ]

  private let variables, distractors: Int
  private let form: String
  private let shift: Double

  package init(_ dials: TaskDials) throws {
    variables = dials.int("bayes.variables")
    distractors = dials.int("bayes.distractors")
    form = dials.text("bayes.form")
    shift = dials.double("bayes.shift")
  }

  package func draw(_ random: inout CounterRandom) -> TaskItem {
    let isShifted = random.unit() < shift
    func chance(_ random: inout CounterRandom) -> Int {
      isShifted
        ? random.pick([random.number(1...9), random.number(91...99)])
        : 10 * random.number(1...9)
    }
    let alphabet = "abcdefghijklmnopqrstuvwxyz".map { String($0) }
    let names = random.shuffled(alphabet).prefix(variables + distractors)
    var tables: [String] = []
    var steps: [String] = []
    var value = 0
    for (index, name) in names.enumerated() {
      if index == 0 {
        value = chance(&random)
        tables.append("\(name):\(value)")
        steps.append("\(name)\(value)")
        continue
      }
      let (yes, no) = (chance(&random), chance(&random))
      // What does not matter hangs on any variable that does.
      let parent =
        index < variables ? names[index - 1] : names[random.number(0...variables - 1)]
      tables.append("\(name)<\(parent):\(yes),\(no)")
      if index < variables {
        value = (value * yes + (100 - value) * no + 50) / 100
        steps.append("\(name)\(value)")
      }
    }
    let isStepwise = form == "any" ? random.unit() < 0.5 : form == "steps"
    let body = random.shuffled(tables).joined(separator: " ")
    let asked = names[variables - 1]
    let answer = isStepwise ? steps.joined(separator: " ") : steps[variables - 1]
    // The numbers are the question, whatever the variables are called and in whichever order they stand.
    return TaskItem(
      task: Self.name, prompt: "B \(body) ?\(asked) \(isStepwise ? "s" : "d")>",
      answer: answer + "\n",
      key: tables.prefix(variables).map { $0.drop { $0 != ":" } }.joined(separator: " "))
  }
}
