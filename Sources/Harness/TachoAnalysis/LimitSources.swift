// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// The limits that a sweep's figures are held against: those measured in the sweep itself, else those of
/// the calibration of its machine.
struct LimitSources {
  private let own: MeasuredLimits
  private let calibrated: MeasuredLimits?
  private let calibrationName: String?

  init(_ sweep: ResultSet.Sweep) {
    own = MeasuredLimits(sweep.runs)
    calibrated = sweep.calibration?.limits.map { MeasuredLimits($0.runs) }
    calibrationName = sweep.calibration?.name
  }

  /// A limit for the threads of a run: of its own launch where it was measured in it, or why there is
  /// none.
  func reading(_ kind: MeasuredLimits.Key.Kind, for run: RunRecord) -> Reading {
    guard let threads = MeasuredLimits.threads(of: run) else {
      return .unavailable("the number of threads is not on record")
    }
    let key = MeasuredLimits.Key(kind: kind, threads: threads)
    if let value = own.value(key, launch: run.launch) ?? calibrated?.overall(key) {
      return .value(value)
    }
    let what = "no \(kind.words) benchmark with \(threads) \(threads == 1 ? "thread" : "threads")"
    guard let calibrationName else {
      return .unavailable(
        "\(what) in this sweep, and this machine is not calibrated: tacho calibrate")
    }
    return .unavailable("\(what) in this sweep, nor in \(calibrationName)")
  }

  /// The limit of a kind over all blocks of the sweep, else of the calibration.
  func overall(_ kind: MeasuredLimits.Key.Kind, for run: RunRecord) -> Double? {
    guard let threads = MeasuredLimits.threads(of: run) else { return nil }
    let key = MeasuredLimits.Key(kind: kind, threads: threads)
    return own.overall(key) ?? calibrated?.overall(key)
  }

  /// The peak that a run's arithmetic is held against, or why it is not known.
  func peak(for run: RunRecord) -> Reading {
    guard let arithmetic = Self.arithmetic(of: run) else {
      return .unavailable("the worker did not say in which arithmetic it multiplies")
    }
    return reading(.peak(arithmetic: arithmetic), for: run)
  }

  /// What the worker multiplies in, of a kernel or of most of a model's weights.
  static func arithmetic(of run: RunRecord) -> String? {
    (run.facts["kernel.arithmetic"] ?? run.facts["engine.arithmetic"])?.stringValue
  }
}

extension ResultSet.Sweep {
  /// Whether it has the memory's bandwidth of its own, measured beside what is held against it.
  package var measuresItsLimits: Bool { MeasuredLimits(runs).hasReadBandwidth }
}
