// SPDX-License-Identifier: Apache-2.0

/// Judges what a model wrote after an item's prompt.
///
/// The answer is the first line. Steps stand before the last space-separated word of it, which is the result; the
/// result decides, the steps are labelled.
package enum TaskVerifier {
  /// What a model writes when it would rather not answer.
  package static let abstention = "?"

  package static func judge(_ output: String, of item: TaskItem) -> TaskVerdict {
    let expected = words(item.answer)
    let given = words(output)
    let steps = expected.dropLast().enumerated().map { index, step in
      index < given.count && given[index] == step
    }
    let outcome: TaskOutcome
    if given.elementsEqual([abstention[...]]), !expected.elementsEqual([abstention[...]]) {
      outcome = .abstained
    } else if isComplete(output), given.last == expected.last, given.count == expected.count {
      outcome = .correct
    } else {
      outcome = .wrong
    }
    return TaskVerdict(outcome: outcome, steps: Array(steps))
  }

  /// The words of the first line; a second newline ends nothing.
  private static func words(_ text: String) -> [Substring] {
    text.prefix { $0 != "\n" }.split(separator: " ", omittingEmptySubsequences: true)
  }

  /// Whether the line was ended: what was cut off before is no answer.
  private static func isComplete(_ output: String) -> Bool { output.contains("\n") }
}

/// A judge that errs at given rates, for studies of imperfect scorers.
///
/// The same output of the same item is always judged alike, as by a scorer that has its reasons.
package struct NoisyVerifier: Sendable, Equatable {
  /// Share of wrong or abstaining answers that it accepts.
  package let falsePositives: Double
  /// Share of correct answers that it rejects.
  package let falseNegatives: Double
  package let seed: UInt64

  package init(falsePositives: Double, falseNegatives: Double, seed: UInt64) throws {
    for (name, rate) in [("false positives", falsePositives), ("false negatives", falseNegatives)]
    where !(0...1).contains(rate) {
      throw TaskError("the rate of \(name) is \(rate): 0 to 1 is possible")
    }
    self.falsePositives = falsePositives
    self.falseNegatives = falseNegatives
    self.seed = seed
  }

  /// Whether it accepts what was written.
  package func accepts(_ output: String, of item: TaskItem) -> Bool {
    let isCorrect = TaskVerifier.judge(output, of: item).outcome == .correct
    var random = CounterRandom(seed: seed, stream: "\(item.task) \(item.prompt)\n\(output)")
    let draw = random.unit()
    return isCorrect ? draw >= falseNegatives : draw < falsePositives
  }
}
