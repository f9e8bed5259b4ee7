// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
import TachoPlan
import TachoRecord
import TachoStore
import TachoWorkloads

/// Where calibrations are kept, and how results get theirs.
///
/// It is a result store like any other: `tacho report` and `tacho export` read it too.
enum CalibrationStore {
  /// In the cache directory: calibrations belong to the machine, not to a project.
  static var defaultPath: String { SyntheticModelCache.directory + "/calibration.sqlite" }

  /// What the suites of launch pairs are called in the store.
  static func noiseName(of suite: String) -> String { "noise-" + suite }

  /// What calibration found of a suite's points on this machine, by point; empty where there is none.
  static func noise(of suite: String, machine: MachineRecord) -> [String: PointNoise] {
    PointNoise.byPoint(in: noiseSweeps(of: suite, machine: machine))
  }

  /// The same as the gate's power takes it, with the seconds that a launch pair took.
  static func pairNoise(
    of suite: String, machine: MachineRecord, statistic: (String) -> GateStatistic
  ) -> [String: (noise: PairNoise, seconds: Double?)] {
    let sweeps = noiseSweeps(of: suite, machine: machine)
    let noise = PairNoise.byPoint(in: sweeps, statistic: statistic)
    var seconds: [String: [Double]] = [:]
    for sweep in sweeps {
      let points = Dictionary(sweep.runs.map { ($0.record.id, $0.record.point.id) }) { $1 }
      // From the first sample asked for to the last: starting and preparing are not among them.
      for pair in sweep.pairs {
        guard let point = points[pair.base.runID], let first = pair.steps.first?.askedNs,
          let last = pair.steps.last?.askedNs, last > first
        else { continue }
        seconds[point, default: []].append(Double(last - first) / 1e9)
      }
    }
    return noise.reduce(into: [:]) { result, entry in
      let times = seconds[entry.key] ?? []
      let mean = times.isEmpty ? nil : times.reduce(0, +) / Double(times.count)
      result[entry.key] = (entry.value, mean)
    }
  }

  private static func noiseSweeps(
    of suite: String, machine: MachineRecord
  ) -> [ResultSet.Sweep] {
    guard FileManager.default.fileExists(atPath: defaultPath) else { return [] }
    do {
      let store = try ResultStore(path: defaultPath, readOnly: true)
      let records = try store.sweeps().filter {
        $0.suite == noiseName(of: suite) && $0.machine.id == machine.id
      }.sorted { $0.startedAt > $1.startedAt }.prefix(3)
      return try records.map { try store.results(of: $0.id, launches: 0) }
    } catch {
      StoreOptions.note("calibrations are not used: \(error)")
      return []
    }
  }

  /// The results with what calibrations say of their machines; as they are where there is no store.
  ///
  /// One that cannot be read is said and does without: results are there to be shown.
  static func calibrated(_ results: ResultSet, path: String? = nil) -> ResultSet {
    let path = path ?? defaultPath
    guard FileManager.default.fileExists(atPath: path) else { return results }
    do {
      let store = try ResultStore(path: path, readOnly: true)
      let records = try store.sweeps()
      var known: [String: ResultSet.Sweep] = [:]
      func sweep(_ record: SweepRecord) throws -> ResultSet.Sweep {
        if let sweep = known[record.id] { return sweep }
        let sweep = try store.results(of: record.id, launches: 0)
        known[record.id] = sweep
        return sweep
      }
      var calibrated = results
      for index in calibrated.sweeps.indices {
        calibrated.sweeps[index].calibration = try calibration(
          for: calibrated.sweeps[index].record, among: records, sweep)
      }
      return calibrated
    } catch {
      StoreOptions.note("calibrations are not used: \(error)")
      return results
    }
  }

  private static func calibration(
    for sweep: SweepRecord, among records: [SweepRecord],
    _ read: (SweepRecord) throws -> ResultSet.Sweep
  ) throws -> Calibration {
    let names = [CalibrationSuite.name, CalibrationSuite.quickName]
    let choice = CalibrationChoice(
      for: sweep, among: records.filter { names.contains($0.suite) && $0.id != sweep.id },
      quickName: CalibrationSuite.quickName)
    // The suite's own, and of these the latest few: each is read whole.
    let noise = records.filter {
      $0.suite == noiseName(of: sweep.suite) && $0.machine.id == sweep.machine.id
        && $0.build.facts["build.mode"] == sweep.build.facts["build.mode"]
    }.sorted { $0.startedAt > $1.startedAt }.prefix(3)
    return Calibration(
      limits: try choice.map { try read($0.record) }, remarks: choice?.remarks ?? [],
      noise: try noise.map(read))
  }
}
