// SPDX-License-Identifier: Apache-2.0
import Foundation
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

  /// Reads a store that may not be there yet, and writes nothing.
  init(storePath: String, machineID: String) throws {
    let there = FileManager.default.fileExists(atPath: storePath)
    store = there ? try ResultStore(path: storePath, readOnly: true) : nil
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
