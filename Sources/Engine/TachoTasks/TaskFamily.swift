// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// A kind of question: draws items from random numbers and judges answers exactly.
///
/// To add one: a file in `Families` with a type that conforms, and a line in `TaskFamilies.all`.
package protocol TaskFamily: Sendable {
  /// The name, with which the paths of its dials begin.
  static var name: String { get }
  /// What can be turned: difficulty, length, distractors, and `shift`, the share of items from another
  /// distribution than the usual.
  static var dials: [Knob] { get }
  /// - Parameter dials: values of all of `Self.dials`.
  init(_ dials: TaskDials) throws
  /// The splits that its items can belong to.
  var splits: [TaskSplit] { get }
  /// An item of any of `splits`.
  func draw(_ random: inout CounterRandom) -> TaskItem
}

extension TaskFamily {
  package var splits: [TaskSplit] { TaskSplit.allCases }

  /// The share of items from another distribution.
  static func shiftDial(_ summary: String) -> Knob {
    Knob("\(name).shift", .double(0...1), default: 0.0, summary)
  }
}

/// The families, one line each.
package enum TaskFamilies {
  package static let all: [any TaskFamily.Type] = [
    Recall.self,
    Arithmetic.self,
    Lists.self,
    Facts.self,
    CodeText.self,
    BayesNet.self,
  ]

  package static var dials: [Knob] { all.flatMap { $0.dials } }

  /// The family of a name, with these dials; others keep their defaults.
  package static func make(_ name: String, _ configuration: Configuration = Configuration()) throws
    -> any TaskFamily
  {
    guard let family = all.first(where: { $0.name == name }) else {
      let hint = Spelling.suggestion(for: name, among: all.map { $0.name })
      throw TaskError(
        "there is no task '\(name)'" + (hint.map { "; did you mean '\($0)'?" } ?? "") + " (tasks: "
          + all.map { $0.name }.joined(separator: ", ") + ")")
    }
    return try family.init(TaskDials(family.dials, configuration))
  }
}

/// Values of a family's dials, checked.
package struct TaskDials: Sendable {
  private let values: [String: ConfigurationValue]

  init(_ knobs: [Knob], _ configuration: Configuration) throws {
    var values: [String: ConfigurationValue] = [:]
    for knob in knobs { values[knob.path] = knob.defaultValue }
    for path in configuration.paths {
      guard let knob = knobs.first(where: { $0.path == path }) else {
        let hint = Spelling.suggestion(for: path, among: knobs.map(\.path))
        throw TaskError(
          "there is no dial '\(path)'" + (hint.map { "; did you mean '\($0)'?" } ?? "")
            + " (dials: \(knobs.map(\.path).joined(separator: ", ")))")
      }
      guard let given = configuration[path], let value = knob.normalized(given) else {
        throw TaskError(
          "\(path) is \(configuration[path]?.display ?? "nothing"): it must be \(knob.expectation)")
      }
      values[path] = value
    }
    self.values = values
  }

  func int(_ path: String) -> Int { values[path]?.intValue ?? 0 }
  func double(_ path: String) -> Double { values[path]?.doubleValue ?? 0 }
  func text(_ path: String) -> String { values[path]?.stringValue ?? "" }
}

/// Why a task cannot be set: what, and how to mend it.
package struct TaskError: Error, CustomStringConvertible, Sendable, Equatable {
  package let message: String
  package init(_ message: String) { self.message = message }
  package var description: String { message }
}
