// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoStore
import TachoTune
import Testing

/// Studies in a result store: several processes, and what is on record after each call.
@Suite struct StudyStoreTests {
  static func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("tacho-study-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  struct Measurer: TrialMeasurer {
    func measure(_ configuration: Configuration, trial: Int, repetition: Int) -> TrialOutcome {
      let x = configuration["x"]?.doubleValue ?? 0
      if x > 0.9 { return TrialOutcome(failure: .crash, reason: "a cliff\0here", cost: 1) }
      return TrialOutcome(values: [MeasuredMean((x - 0.4) * (x - 0.4), standardError: 0)], cost: 1)
    }
  }

  static func study(trials: Int) throws -> Study {
    try Study(
      StudyDefinition(
        name: "s", space: SearchSpace([Parameter("x", .real(0...1, log: false))]),
        objectives: [StudyObjective(metric: "f", better: .lower)],
        budget: StudyBudget(trials: trials), sampler: "tpe", seed: 5))
  }

  @Test func keepsWhatMemoryKeeps() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("s.sqlite").path
    let study = try Self.study(trials: 30)
    var run = StudyRun(study)
    try run.run(Measurer())
    // Every ten trials another opening of the store.
    for _ in 0..<3 {
      let store = try ResultStore(path: path)
      try store.beginStudy(id: "s", name: "s", definition: "text")
      let board = StudyBoard(study: study, store: store, id: "s", worker: .current)
      for _ in 0..<10 {
        guard case .measure(let trial, let repetition, _) = try board.ask() else { break }
        _ = try board.tell(
          trial.number,
          Measurer().measure(trial.configuration, trial: trial.number, repetition: repetition))
      }
    }
    let store = try ResultStore(path: path, readOnly: true)
    let trials = try store.trials(ofStudy: "s").map(\.trial)
    #expect(trials.map(\.configuration) == run.trials.map(\.configuration))
    #expect(trials.map(\.values) == run.trials.map(\.values))
    #expect(trials.map(\.state) == run.trials.map(\.state))
    #expect(trials.contains { $0.state == .failed } == run.trials.contains { $0.state == .failed })
  }

  @Test func refusesAnotherDefinition() throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let store = try ResultStore(path: folder.appendingPathComponent("s.sqlite").path)
    try store.beginStudy(id: "s", name: "s", definition: "one")
    try store.beginStudy(id: "s", name: "s", definition: "one")
    #expect(throws: StoreError.studyDiffers(id: "s")) {
      try store.beginStudy(id: "s", name: "s", definition: "two")
    }
    // What throws leaves no trace.
    #expect(throws: CancellationError.self) {
      try store.withTrials(ofStudy: "s") { rows in
        rows.append(
          StudyRow(trial: TrialRecord(number: 0, configuration: Configuration(["x": 0.5]))))
        throw CancellationError()
      }
    }
    #expect(try store.trials(ofStudy: "s").isEmpty)
  }

  /// Three workers with connections of their own on one file.
  @Test func workersShareAFile() async throws {
    let folder = try Self.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appendingPathComponent("s.sqlite").path
    try ResultStore(path: path).beginStudy(id: "s", name: "s", definition: "text")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 {
        group.addTask {
          let board = StudyBoard(
            study: try Self.study(trials: 40), store: try ResultStore(path: path), id: "s",
            worker: .current)
          _ = try board.run(Measurer()) { _ in }
        }
      }
      try await group.waitForAll()
    }
    let rows = try ResultStore(path: path, readOnly: true).trials(ofStudy: "s")
    #expect(rows.map(\.trial.number) == Array(0..<40))
    #expect(rows.allSatisfy { $0.trial.state.isFinished && $0.worker == nil })
    #expect(Set(rows.map(\.trial.configuration)).count == 40)
  }
}
