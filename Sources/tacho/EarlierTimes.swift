// SPDX-License-Identifier: Apache-2.0
import TachoPlan
import TachoRecord
import TachoStore

/// How long points took on this machine before, for estimates; knows nothing where there is no store.
struct EarlierTimes {
  private let store: ResultStore?
  private let machineID: String

  init(_ store: ResultStore, machineID: String) {
    self.store = store
    self.machineID = machineID
  }

  /// Writes nothing: the store may not be there yet, or be in the making by another process.
  ///
  /// What is wrong with it is said when it is opened for writing; estimates do without.
  init(storePath: String, machineID: String) {
    store = try? ResultStore(path: storePath, readOnly: true)
    self.machineID = machineID
  }

  func timing(of point: Point) -> PointTiming? {
    guard let seconds = try? store?.durationHistory(pointID: point.id, machineID: machineID),
      let latest = seconds.first
    else { return nil }
    // The history knows whole runs: all of it counts as one long sample.
    return PointTiming(prepareSeconds: 0, sampleSeconds: latest, samplesTaken: 1)
  }
}
