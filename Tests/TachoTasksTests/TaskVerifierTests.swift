// SPDX-License-Identifier: Apache-2.0
import TachoTasks
import Testing

/// Steps, abstentions and scorers that err.
@Suite struct TaskVerifierTests {
  static let item = TaskItem(task: "t", prompt: "p>", answer: "a1 b2 c3\n", key: "k")

  @Test func stepsAreLabelled() {
    let verdict = TaskVerifier.judge("a1 b9 c3\n", of: Self.item)
    #expect(verdict == TaskVerdict(outcome: .correct, steps: [true, false]))
    #expect(
      TaskVerifier.judge("a1 b2 c4\n", of: Self.item)
        == TaskVerdict(outcome: .wrong, steps: [true, true]))
    #expect(
      TaskVerifier.judge("c3\n", of: Self.item)
        == TaskVerdict(outcome: .wrong, steps: [false, false]))
  }

  @Test func anItemWhoseAnswerIsToAbstain() {
    let item = TaskItem(task: "t", prompt: "p>", answer: "?\n", key: "k")
    #expect(TaskVerifier.judge("?\n", of: item).outcome == .correct)
  }

  @Test(arguments: [(0.0, 0.0), (0.2, 0.05), (1, 1)]) func scorersErrAtTheirRates(
    falsePositives: Double, falseNegatives: Double
  ) throws {
    let verifier = try NoisyVerifier(
      falsePositives: falsePositives, falseNegatives: falseNegatives, seed: 5)
    var (accepted, rejected) = (0, 0)
    let count = 4000
    for index in 0..<count {
      let item = TaskItem(task: "t", prompt: "p\(index)>", answer: "7\n", key: "k")
      if verifier.accepts("8\n", of: item) { accepted += 1 }
      if !verifier.accepts("7\n", of: item) { rejected += 1 }
      #expect(verifier.accepts("8\n", of: item) == verifier.accepts("8\n", of: item))
    }
    // Six deviations of a binomial.
    func bound(_ rate: Double) -> Double { 6 * (Double(count) * rate * (1 - rate)).squareRoot() }
    #expect(
      abs(Double(accepted) - falsePositives * Double(count)) <= bound(falsePositives))
    #expect(
      abs(Double(rejected) - falseNegatives * Double(count)) <= bound(falseNegatives))
  }

  @Test func impossibleRatesAreRefused() {
    #expect(throws: TaskError.self) {
      try NoisyVerifier(falsePositives: -0.1, falseNegatives: 0, seed: 1)
    }
  }
}
