// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoAnalysis
import TachoBuilds
import TachoRecord
import TachoReport
import TachoStore

/// Where a history's values come from.
enum HistorySource: String, ExpressibleByArgument, CaseIterable {
  case auto, gates, runs
}

/// The series that `tacho history` finds in stores.
struct HistoryStores {
  let paths: [String]
  let suite: String?
  let metric: String?
  /// A revision that ratios are to.
  let reference: String?
  let from: HistorySource
  /// The builds' order, where a file gives it.
  let revisions: [String]?
  let orderFile: String?

  func series() throws -> [HistorySeries] {
    let stores = try paths.map { try ResultStore(path: $0, readOnly: true) }
    if from != .runs {
      let found = try ratios(stores)
      if !found.isEmpty { return found }
      if from == .gates || reference != nil { throw try noRatios(stores) }
    }
    return try absolute(stores)
  }

  // MARK: Ratios

  private func ratios(_ stores: [ResultStore]) throws -> [HistorySeries] {
    let all = try gates(stores)
    var history = all
    if let reference {
      history = all.against(try commit(reference))
    } else if from == .auto {
      history = all.pinned
    }
    if let metric { history = history.kept { $0.subject.metric.id == metric } }
    let found = history.series(
      revisions: try revisions ?? commitOrder(of: history), isComplete: revisions != nil)
    if !found.isEmpty, all.invalid > 0 {
      StoreOptions.note(
        "left out: \(Plural.of(all.invalid, "job")) of the gate whose own controls failed")
    }
    return found
  }

  private func gates(_ stores: [ResultStore]) throws -> GateHistory {
    var jobs: [GateHistory.Job] = []
    for store in stores {
      for sweep in try store.sweeps()
      where suite == nil || sweep.suite == suite || sweep.suite == GateJob.suiteName(suite ?? "") {
        guard let result = try store.gateResult(of: sweep.id) else { continue }
        jobs.append(GateHistory.Job(result: result, sweep: sweep))
      }
    }
    return GateHistory(jobs)
  }

  /// The hash that a word stands for in the repository here; outside of one the word itself.
  private func commit(_ word: String) throws -> String {
    guard let repository = try? Repository(containing: "."),
      let commit = try? repository.commit(of: word)
    else { return word }
    return commit
  }

  /// The order of the commits; nil outside of a repository, or in another one.
  private func commitOrder(of history: GateHistory) throws -> [String]? {
    let commits = Set(history.measurements.compactMap(\.build.revision)).sorted()
    guard !commits.isEmpty, let repository = try? Repository(containing: ".") else { return nil }
    let order = try repository.ancestry(of: commits)
    return order.isEmpty ? nil : order
  }

  private func noRatios(_ stores: [ResultStore]) throws -> ValidationError {
    let all = try gates(stores)
    let place = paths.joined(separator: ", ")
    let jobs = suite.map { "job of the gate of suite '\($0)'" } ?? "job of the gate"
    guard let first = all.measurements.first else {
      return ValidationError(
        "no \(jobs) with a shift in \(place)"
          + (all.invalid > 0 ? " (\(all.invalid) are invalid)" : "")
          + "; tacho gate keeps one with --store")
    }
    if let reference {
      return ValidationError(
        "no \(jobs) in \(place) has the base \(reference); there are jobs against "
          + first.reference.name)
    }
    return ValidationError(
      "no \(jobs) in \(place) has what was asked for"
        + (metric.map { ": --metric \($0); ratios are of \(first.subject.metric.id)" } ?? "")
        + (orderFile.map { ": none of the revisions in \($0)" } ?? ""))
  }

  // MARK: Absolute figures

  private func absolute(_ stores: [ResultStore]) throws -> [HistorySeries] {
    var sweeps: [ResultSet.Sweep] = []
    var suites: Set<String> = []
    for store in stores {
      let known = try store.sweeps()
      suites.formUnion(known.map(\.suite))
      sweeps += try known.filter { suite == nil || $0.suite == suite }.map {
        try store.results(of: $0.id, launches: 0)
      }
    }
    guard !sweeps.isEmpty else {
      throw ValidationError(
        "no sweep \(suite.map { "of suite '\($0)' " } ?? "")in \(paths.joined(separator: ", ")); "
          + (suites.isEmpty
            ? "it holds none" : "it holds sweeps of: \(suites.sorted().joined(separator: ", "))"))
    }
    let found: [HistorySeries]
    if let metric {
      found = AbsoluteHistory.series(in: sweeps, revisions: revisions) { $1.id == metric }
    } else {
      found = HistorySelection.headline(
        of: ResultSet(sweeps: sweeps), revisions: revisions)
    }
    guard !found.isEmpty else {
      throw ValidationError(
        "no value of \(metric ?? "any headline metric") in \(paths.joined(separator: ", "))"
          + (orderFile.map { " for the revisions in \($0)" } ?? "")
          + "; 'tacho export' shows what there is")
    }
    return found
  }
}
