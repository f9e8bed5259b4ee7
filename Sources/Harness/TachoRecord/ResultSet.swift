// SPDX-License-Identifier: Apache-2.0

/// What a report is made from: sweeps with their runs and samples, as read from one or more stores.
package struct ResultSet: Sendable {
  package struct Run: Sendable {
    package var record: RunRecord
    package var samples: [SampleRecord]

    package init(record: RunRecord, samples: [SampleRecord]) {
      self.record = record
      self.samples = samples
    }

    /// One metric's values in the samples that count (see `SampleSelection`), of this run alone.
    package func values(of metricID: String) -> [Double] {
      SampleSelection.values(of: metricID, in: [self])
    }
  }

  package struct Sweep: Sendable {
    package var record: SweepRecord
    package var runs: [Run]
    package var events: [EventRecord]
    /// Launch pairs among the runs, in executed order.
    package var pairs: [PairRecord]
    /// What calibrations say of the sweep's machine, in a list because a value cannot hold its like;
    /// empty when none was looked for.
    private var calibrations: [Calibration] = []

    package init(
      record: SweepRecord, runs: [Run], events: [EventRecord], pairs: [PairRecord] = []
    ) {
      self.record = record
      self.runs = runs
      self.events = events
      self.pairs = pairs
    }

    /// The runs that the sweep's own program measured: in a job of the gate the two builds compared are
    /// others, and figures of one point must not mix them.
    package var ownRuns: [Run] {
      let others = pairs.flatMap { [$0.base, $0.candidate] }.filter {
        $0.buildID != record.build.id
      }
      if others.isEmpty { return runs }
      let foreign = Set(others.map(\.runID))
      return runs.filter { !foreign.contains($0.record.id) }
    }

    /// What calibrations say of the sweep's machine; nil when none was looked for.
    package var calibration: Calibration? {
      get { calibrations.first }
      set { calibrations = newValue.map { [$0] } ?? [] }
    }
  }

  package var sweeps: [Sweep]

  package init(sweeps: [Sweep]) {
    self.sweeps = sweeps
  }
}
