// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// How far one run of a sweep got: what `--resume` decides by.
package struct RunProgress: Sendable, Hashable {
  package var runID: String
  package var benchmark: String
  package var pointID: String
  package var launch: Int
  package var status: RunStatus
  package var warmupSamples: Int
  package var countedSamples: Int

  package init(
    runID: String, benchmark: String, pointID: String, launch: Int, status: RunStatus,
    warmupSamples: Int, countedSamples: Int
  ) {
    self.runID = runID
    self.benchmark = benchmark
    self.pointID = pointID
    self.launch = launch
    self.status = status
    self.warmupSamples = warmupSamples
    self.countedSamples = countedSamples
  }
}
