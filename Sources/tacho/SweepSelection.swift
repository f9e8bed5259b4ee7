// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Foundation
import TachoRecord
import TachoStore

/// Which sweeps of which stores a command is about.
struct SweepSelection: ParsableArguments {
  @Argument(help: "Result stores (SQLite files).")
  var stores: [String] = [StoreOptions.defaultPath]

  @Option(help: "Only the latest sweep of this suite.")
  var suite: String?

  @Option(help: "Only the sweep with this id.")
  var sweep: String?

  @Flag(help: "Every sweep, not only the latest of each suite.")
  var all = false

  @Option(help: "The store of calibrations; the default is the one that tacho calibrate writes.")
  var calibration: String?

  /// By default the latest sweep of every suite in each store, with what calibrations say of them.
  ///
  /// - Parameters:
  ///   - withRequests: whether every request of load runs comes along.
  ///   - launches: of each run, the first samples' kernel launches up to so many come along.
  func results(withRequests: Bool = false, launches: Int = 0) throws -> ResultSet {
    var sweeps: [ResultSet.Sweep] = []
    var suites: Set<String> = []
    for path in stores {
      let store = try ResultStore(path: path, readOnly: true)
      let known = try store.sweeps()
      suites.formUnion(known.map(\.suite))
      var chosen = known
      if let sweep { chosen = known.filter { $0.id == sweep } }
      if let suite { chosen = chosen.filter { $0.suite == suite } }
      if !all, sweep == nil {
        // A rerun measures one row of a suite: it does not stand for the suite, unless there is no other.
        let reruns = try store.reruns()
        var latest: [String: SweepRecord] = [:]
        let whole = Set(chosen.filter { reruns[$0.id] == nil }.map(\.suite))
        for record in chosen where reruns[record.id] == nil || !whole.contains(record.suite) {
          if let other = latest[record.suite], other.startedAt >= record.startedAt { continue }
          latest[record.suite] = record
        }
        chosen = chosen.filter { latest[$0.suite]?.id == $0.id }
      }
      sweeps += try chosen.map {
        try store.results(of: $0.id, withRequests: withRequests, launches: launches)
      }
    }
    guard !sweeps.isEmpty else {
      throw ValidationError(
        "no sweep matches in \(stores.joined(separator: ", ")); "
          + (suites.isEmpty
            ? "it holds none" : "it holds sweeps of: \(suites.sorted().joined(separator: ", "))"))
    }
    if let calibration, !FileManager.default.fileExists(atPath: calibration) {
      throw ValidationError("--calibration \(calibration): there is no such file")
    }
    return CalibrationStore.calibrated(ResultSet(sweeps: sweeps), path: calibration)
  }

  /// The gate jobs among some results.
  func gates(of results: ResultSet) throws -> [GateResult] {
    var gates: [GateResult] = []
    for path in stores {
      let store = try ResultStore(path: path, readOnly: true)
      for sweep in results.sweeps
      where !gates.contains(where: { $0.record.sweepID == sweep.record.id }) {
        if let gate = try store.gateResult(of: sweep.record.id) { gates.append(gate) }
      }
    }
    return gates
  }

  static func isDirectory(_ path: String) -> Bool {
    var directory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &directory)
      && directory.boolValue
  }

  /// Writes to a file, or to standard output when there is no path or it is `-`.
  static func write(_ text: String, to path: String?) throws {
    let ending = text.hasSuffix("\n") ? text : text + "\n"
    guard let path, path != "-" else {
      try StandardStreams.write(ending)
      return
    }
    let directory = (path as NSString).deletingLastPathComponent
    guard directory.isEmpty || isDirectory(directory) else {
      throw ValidationError("cannot write \(path): there is no directory \(directory)")
    }
    do {
      try Data(ending.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ValidationError("cannot write \(path): \(error.localizedDescription)")
    }
  }
}
