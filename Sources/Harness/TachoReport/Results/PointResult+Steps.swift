// SPDX-License-Identifier: Apache-2.0
package import TachoAnalysis
package import TachoRecord

extension PointResult {
  /// Its samples that launches were recorded in, warm-up left out.
  package var tracedSamples: [(run: RunRecord, sample: SampleRecord)] {
    runs.flatMap { run in
      run.samples.compactMap { sample in
        sample.warmup || sample.observation.trace == nil ? nil : (run.record, sample)
      }
    }
  }

  /// Where the time of its steps goes, and what would be gained: for each number of rows.
  package var waterfalls: [(parts: StepWaterfall, whatIf: WhatIf)] {
    let samples = tracedSamples
    return StepWaterfall.all(of: samples.compactMap(\.sample.observation.trace)).map {
      ($0, stepBounds.whatIf($0, of: samples))
    }
  }
}
