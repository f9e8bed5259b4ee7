// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Proposes what to try next.
///
/// To add one: a file with a conformance and a line in `Samplers.all`. A sampler keeps no state: what it
/// proposes is a function of space, history, seed, trial number and attempt, so that a study that was
/// broken off goes on as if it had not been.
package protocol Sampler: Sendable {
  /// What `sampler:` names it by.
  static var name: String { get }
  /// What it is, in a line.
  static var summary: String { get }
  /// Its options, `sampler.<option>`.
  static var knobs: [Knob] { get }
  /// Refuses, with the reason, what it cannot search.
  init(_ setup: SamplerSetup) throws(SamplerError)
  /// A point of the unit cube for a trial; another one for each attempt, because an earlier one was not
  /// valid or not new. Nil when it has none.
  func candidate(trial: Int, attempt: Int, _ history: StudyHistory) -> [Double]?
  /// Whether points near failed ones are to be thinned out, because the sampler pays no heed to them.
  var isThinned: Bool { get }
}

extension Sampler {
  package static var knobs: [Knob] { [] }
  package var isThinned: Bool { false }
}

/// Every sampler: one line each.
package enum Samplers {
  package static let all: [any Sampler.Type] = [
    GridSampler.self,
    RandomSampler.self,
    SobolSampler.self,
    LatinHypercubeSampler.self,
    TPESampler.self,
    GaussianProcessSampler.self,
    CMAESSampler.self,
    NSGA2Sampler.self,
  ]

  package static var names: [String] { all.map { $0.name } }

  /// The sampler of a name, or why there is none.
  package static func make(
    _ name: String, _ setup: SamplerSetup
  ) throws(SamplerError) -> any Sampler {
    guard let type = all.first(where: { $0.name == name }) else {
      let hint = Spelling.suggestion(for: name, among: names)
      throw SamplerError(
        "'\(name)' is no sampler" + (hint.map { "; did you mean '\($0)'?" } ?? "")
          + "; there are \(names.joined(separator: ", "))")
    }
    let known = type.knobs.map(\.path)
    for (path, value) in setup.options.values {
      guard let knob = type.knobs.first(where: { $0.path == path }) else {
        let hint = Spelling.suggestion(for: path, among: known)
        throw SamplerError(
          "'\(path)' is no option of the sampler '\(name)'"
            + (hint.map { "; did you mean '\($0)'?" } ?? "")
            + (known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))"))
      }
      guard knob.normalized(value) != nil else {
        throw SamplerError("\(path): \(value.canonicalJSON) is not \(knob.expectation)")
      }
    }
    return try type.init(setup)
  }
}

/// Why a sampler cannot search a space.
package struct SamplerError: Error, Sendable, Hashable, CustomStringConvertible {
  package let message: String

  package init(_ message: String) { self.message = message }

  package var description: String { message }
}
