// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// A study run in this process, its records in memory.
package struct StudyRun {
  package let study: Study
  package private(set) var trials: [TrialRecord]
  /// Draws that broke a requirement and were never tried.
  package private(set) var rejected = 0
  package private(set) var ending: Study.Ending?

  package init(_ study: Study, trials: [TrialRecord] = []) {
    self.study = study
    self.trials = trials
  }

  /// Measures until the study ends, or at most `steps` times; `onTrial` gets each record when it changes.
  package mutating func run(
    _ measurer: some TrialMeasurer, steps: Int = .max,
    onTrial: (TrialRecord) throws -> Void = { _ in }
  ) throws {
    var left = steps
    while left > 0 {
      left -= 1
      let place: Int
      switch try study.next(trials) {
      case .finished(let ending):
        self.ending = ending
        return
      case .new(let trial, let rejected):
        self.rejected += rejected
        trials.append(trial)
        place = trials.count - 1
      case .again(let number, let rejected):
        self.rejected += rejected
        guard let found = trials.firstIndex(where: { $0.number == number }) else { return }
        place = found
      }
      let repetition = trials[place].measurements
      trials[place].begin()
      let outcome = try measurer.measure(
        trials[place].configuration, trial: trials[place].number, repetition: repetition)
      trials[place].take(outcome)
      try onTrial(trials[place])
    }
  }
}
