// SPDX-License-Identifier: Apache-2.0

/// One question with its exact answer.
package struct TaskItem: Sendable, Equatable {
  /// The family's name.
  package let task: String
  /// What the model is given.
  package let prompt: String
  /// What it is to write, with its steps; it ends with a newline, and so does an answer that is read.
  package let answer: String
  /// What the question is about, whatever its wording: items of one key belong to one split.
  package let key: String
  /// A split it belongs to whatever its key, for material that is there to be learnt.
  package let onlyIn: TaskSplit?

  package init(
    task: String, prompt: String, answer: String, key: String, onlyIn: TaskSplit? = nil
  ) {
    self.task = task
    self.prompt = prompt
    self.answer = answer
    self.key = key
    self.onlyIn = onlyIn
  }

  /// The split it belongs to.
  package var split: TaskSplit { onlyIn ?? TaskSplit.of(key: "\(task) \(key)") }
}

/// Which items may be looked at for what; no item is in two, because its key decides.
package enum TaskSplit: String, Sendable, CaseIterable {
  /// 80%: for training.
  case train
  /// 10%: for choosing between settings, which learns from it too.
  case search
  /// 10%: untouched until results are told.
  case evaluation

  static func of(key: String) -> TaskSplit {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    // Its low bits alone are poor: one more round of mixing.
    hash = (hash ^ (hash >> 32)) &* 0x9e37_79b9_7f4a_7c15
    switch (hash >> 32) % 10 {
    case 0..<8: return .train
    case 8: return .search
    default: return .evaluation
    }
  }
}

/// What became of an item.
package enum TaskOutcome: String, Sendable, CaseIterable {
  case correct, wrong
  /// The model wrote the abstention, `?`.
  case abstained
}

/// An exact judgement of what a model wrote.
package struct TaskVerdict: Sendable, Equatable {
  package let outcome: TaskOutcome
  /// Whether each expected step was there, in order; empty where the answer has no steps.
  package let steps: [Bool]

  package init(outcome: TaskOutcome, steps: [Bool] = []) {
    self.outcome = outcome
    self.steps = steps
  }
}
