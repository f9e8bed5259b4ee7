// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// A study on record, which several processes work on: each asks for a trial, measures it and tells what
/// came out.
///
/// Every decision is one transaction of the store, so that no two processes get the same trial and each
/// sees what the others are about to measure.
package struct StudyBoard {
  package let study: Study
  package let store: any StudyStore
  package let id: String
  package let worker: StudyWorker

  package init(study: Study, store: any StudyStore, id: String, worker: StudyWorker) {
    self.study = study
    self.store = store
    self.id = id
    self.worker = worker
  }

  package enum Assignment: Sendable, Hashable {
    /// Measure this; `repetition` 0 is the first time.
    case measure(TrialRecord, repetition: Int, rejected: Int)
    case finished(Study.Ending)
    /// Nothing to do until other processes have told what they measure.
    case wait
  }

  /// The next measurement, now this worker's; one that a dead worker left behind goes first.
  package func ask() throws -> Assignment {
    try store.withTrials(ofStudy: id) { rows -> Assignment in
      if let place = rows.firstIndex(where: { row in
        row.trial.state == .waiting || row.trial.state == .running && worker.hasLost(row)
      }) {
        if rows[place].trial.state == .waiting { rows[place].trial.begin() }
        rows[place].worker = worker.name
        rows[place].heartbeat = worker.now()
        let trial = rows[place].trial
        return .measure(trial, repetition: trial.measurements - 1, rejected: 0)
      }
      switch try study.next(rows.map(\.trial)) {
      case .finished(let ending): return .finished(ending)
      case .new(var trial, let rejected):
        trial.begin()
        rows.append(StudyRow(trial: trial, worker: worker.name, heartbeat: worker.now()))
        return .measure(trial, repetition: 0, rejected: rejected)
      case .again(let number, let rejected):
        guard let place = rows.firstIndex(where: { $0.trial.number == number }),
          rows[place].trial.state != .running
        else { return .wait }
        rows[place].trial.begin()
        rows[place].worker = worker.name
        rows[place].heartbeat = worker.now()
        let trial = rows[place].trial
        return .measure(trial, repetition: trial.measurements - 1, rejected: rejected)
      }
    }
  }

  /// Why an outcome is not taken.
  package struct TellError: Error, Sendable, CustomStringConvertible {
    package let description: String
  }

  /// Takes down what came out of a measurement; the trial as it now stands.
  package func tell(_ number: Int, _ outcome: TrialOutcome) throws -> TrialRecord {
    let definition = study.definition
    if outcome.failure == nil {
      guard outcome.values.count == definition.objectives.count,
        outcome.constraints.count == definition.constraints.count
      else {
        throw TellError(
          description: "trial \(number) needs \(definition.objectives.count) values"
            + " (\(definition.objectives.map(\.metric).joined(separator: ", "))) and"
            + " \(definition.constraints.count) constraints, not \(outcome.values.count) and"
            + " \(outcome.constraints.count)")
      }
      guard (outcome.values + outcome.constraints).allSatisfy(\.mean.isFinite) else {
        throw TellError(
          description: "a value is not a finite number; tell a failure instead (--failed REASON)")
      }
    }
    return try store.withTrials(ofStudy: id) { rows in
      guard let place = rows.firstIndex(where: { $0.trial.number == number }) else {
        throw TellError(description: "the study has no trial \(number); ask for one with --ask")
      }
      guard rows[place].trial.state == .running else {
        throw TellError(
          description: "trial \(number) is \(rows[place].trial.state.rawValue), nobody measures it;"
            + " ask for one with --ask")
      }
      rows[place].trial.take(outcome)
      rows[place].worker = nil
      rows[place].heartbeat = nil
      return rows[place].trial
    }
  }

  /// Measures until the study ends or, when others measure what it waits for, as long as they do.
  package func run(
    _ measurer: some TrialMeasurer, pause: () -> Void = {},
    onTrial: (TrialRecord) throws -> Void
  ) throws -> Study.Ending {
    while true {
      switch try ask() {
      case .finished(let ending): return ending
      case .wait: pause()
      case .measure(let trial, let repetition, _):
        let outcome = try measurer.measure(
          trial.configuration, trial: trial.number, repetition: repetition)
        try onTrial(try tell(trial.number, outcome))
      }
    }
  }
}
