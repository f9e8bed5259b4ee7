// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoTune

/// Asking and telling, by several workers and after one has died.
@Suite struct StudyBoardTests {
  /// Studies kept in memory.
  final class MemoryStore: StudyStore {
    var rows: [StudyRow] = []
    var definition: String?

    func beginStudy(id: String, name: String, definition: String) throws {
      self.definition = definition
    }

    func withTrials<Result>(
      ofStudy id: String, _ body: (inout [StudyRow]) throws -> Result
    ) throws -> Result {
      var copy = rows
      let result = try body(&copy)
      rows = copy
      return result
    }
  }

  static func worker(_ name: String, now: Double = 1000) -> StudyWorker {
    StudyWorker(name: name) { now }
  }

  static let measurer = SamplerCase.Measurer(noise: 0, seed: 7) { SamplerCase.mixedValue($0) }

  /// Whoever dies when, the trials are those of a study that nothing happened to.
  @Test func goesOnAfterADeath() throws {
    let space = try SamplerCase.mixed()
    let study = try SamplerCase.study("tpe", space: space, trials: 24)
    var whole = StudyRun(study)
    try whole.run(Self.measurer)
    let store = MemoryStore()
    var deaths = 0
    while true {
      // Every third measurement is broken off; the next worker comes after the grace.
      let worker = Self.worker("elsewhere/\(deaths)/1", now: 1000 * Double(deaths + 1))
      let board = StudyBoard(study: study, store: store, id: "s", worker: worker)
      var isOver = false
      for _ in 0..<3 {
        guard case .measure(let trial, let repetition, _) = try board.ask() else {
          isOver = true
          break
        }
        let outcome = Self.measurer.measure(
          trial.configuration, trial: trial.number, repetition: repetition)
        if repetition == 0, trial.number % 3 == deaths % 3, deaths < 12 { break }
        _ = try board.tell(trial.number, outcome)
      }
      deaths += 1
      if isOver { break }
      try #require(deaths < 100)
    }
    #expect(store.rows.map(\.trial) == whole.trials)
  }

  @Test func twoWorkersNeverGetTheSame() throws {
    let study = try SamplerCase.study("tpe", space: try SamplerCase.mixed(), trials: 30)
    let store = MemoryStore()
    let boards = ["a/1/1", "b/1/1", "c/1/1"].map {
      StudyBoard(study: study, store: store, id: "s", worker: Self.worker($0))
    }
    var open: [(StudyBoard, TrialRecord)] = []
    var numbers: [Int] = []
    for step in 0..<60 {
      let board = boards[step % 3]
      if step >= 3 {
        let (other, trial) = open.removeFirst()
        _ = try other.tell(
          trial.number,
          Self.measurer.measure(trial.configuration, trial: trial.number, repetition: 0))
      }
      guard case .measure(let trial, _, _) = try board.ask() else { break }
      numbers.append(trial.number)
      open.append((board, trial))
    }
    #expect(numbers == Array(0..<30))
    #expect(Set(store.rows.map { SearchSpace.id(of: $0.trial.configuration) }).count == 30)
  }

  @Test func takesOnlyWhatWasAskedFor() throws {
    let study = try SamplerCase.study("random", space: try SamplerCase.mixed(), trials: 5)
    let board = StudyBoard(
      study: study, store: MemoryStore(), id: "s", worker: Self.worker("a/1/1"))
    let good = TrialOutcome(values: [MeasuredMean(1)])
    func message(_ number: Int, _ outcome: TrialOutcome) -> String {
      do {
        _ = try board.tell(number, outcome)
        return "taken"
      } catch {
        return "\(error)"
      }
    }
    #expect(message(0, good).contains("no trial 0"))
    guard case .measure(let trial, 0, _) = try board.ask() else {
      Issue.record("nothing to measure")
      return
    }
    #expect(message(trial.number, TrialOutcome()).contains("needs 1 values"))
    #expect(
      message(trial.number, TrialOutcome(values: [MeasuredMean(.nan)])).contains("not a finite"))
    #expect(message(trial.number, good) == "taken")
    #expect(message(trial.number, good).contains("is complete"))
  }

  @Test func knowsTheDeadFromTheLiving() throws {
    let space = try SamplerCase.mixed()
    let trial = TrialRecord(
      number: 0, configuration: space.configuration(at: [0, 0, 0, 0, 0, 0, 0]), state: .running)
    func isLost(_ worker: String, _ heartbeat: Double) -> Bool {
      Self.worker("me/1/1", now: 1000).hasLost(
        StudyRow(trial: trial, worker: worker, heartbeat: heartbeat))
    }
    #expect(!isLost(StudyWorker.current.name, 0))
    let parts = StudyWorker.current.name.split(separator: "/")
    #expect(isLost("\(parts[0])/\(parts[1])/1", 1000))
    #expect(isLost("elsewhere/1/1", 1000 - StudyWorker.grace - 1))
    #expect(!isLost("elsewhere/1/1", 1000 - StudyWorker.grace + 1))
    #expect(!isLost("outside", 0))
  }

  @Test func outcomesAddUp() {
    var trial = TrialRecord(number: 0, configuration: Configuration())
    trial.begin()
    trial.take(TrialOutcome(values: [MeasuredMean(2, standardError: 0.3)], cost: 1))
    trial.begin()
    trial.take(TrialOutcome(values: [MeasuredMean(4, standardError: 0.4)], cost: 2))
    #expect(trial.state == .complete && trial.measurements == 2 && trial.cost == 3)
    #expect(trial.values == [MeasuredMean(3, standardError: 0.25, count: 2)])
    trial.begin()
    trial.take(TrialOutcome(failure: .timeout, reason: "too long", cost: 9))
    #expect(trial.state == .failed && trial.failure == .timeout && trial.cost == 12)
  }

  @Test func constraintsAreExcesses() {
    let upper = StudyConstraint(metric: "t", limit: 0.2, isUpper: true)
    #expect(abs(upper.excess(MeasuredMean(0.4)).mean - 0.6931) < 1e-4)
    let error = upper.excess(MeasuredMean(0.1, standardError: 0.01)).standardError
    #expect(abs((error ?? 0) - 0.1) < 1e-12)
    let lower = StudyConstraint(metric: "q", limit: 0.5, isUpper: false)
    #expect(lower.excess(MeasuredMean(0.6)).mean < 0 && lower.excess(MeasuredMean(0.4)).mean > 0)
    let zero = StudyConstraint(metric: "c", limit: 0, isUpper: true)
    #expect(zero.excess(MeasuredMean(-3)).mean == -3)
  }
}
