// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

/// All that was tried in a study, in the order of the trials' numbers.
package struct StudyHistory: Sendable {
  package let space: SearchSpace
  package let points: [TriedPoint]
  /// The lowest number of a trial with this id.
  package let numbers: [String: Int]

  package init(space: SearchSpace, objectives: [StudyObjective], trials: [TrialRecord]) {
    self.space = space
    var numbers: [String: Int] = [:]
    points = trials.sorted { $0.number < $1.number }.map { trial in
      let id = SearchSpace.id(of: trial.configuration)
      numbers[id] = min(numbers[id] ?? trial.number, trial.number)
      let losses = zip(objectives, trial.values).map { objective, value in
        MeasuredMean(
          objective.loss(value.mean), standardError: value.standardError, count: value.count)
      }
      return TriedPoint(
        number: trial.number, id: id, configuration: trial.configuration,
        units: space.units(of: trial.configuration), state: trial.state,
        losses: losses.allSatisfy(\.mean.isFinite) ? losses : [],
        constraints: trial.constraints,
        hasFailed: trial.state == .failed && trial.failure?.isInformative != false
          || !losses.allSatisfy(\.mean.isFinite))
    }
    self.numbers = numbers
  }

  /// Those of which something is known: measured, if only once of several times, or failed by their own
  /// doing.
  package var finished: [TriedPoint] { points.filter { $0.hasFailed || $0.isMeasured } }

  /// Asked for and not yet told.
  package var open: [TriedPoint] {
    points.filter { !$0.state.isFinished && !$0.hasFailed && !$0.isMeasured }
  }

  package func hasTried(_ configuration: Configuration) -> Bool {
    numbers[SearchSpace.id(of: configuration)] != nil
  }
}
