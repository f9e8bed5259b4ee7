// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
package import TachoRecord

/// A way to write what was recorded inside samples, for `tacho trace`.
///
/// To add one: a file here with a conformance and one line in `TraceFormats.all`.
package protocol TraceFormat: Sendable {
  /// What `--format` calls it, and in a sentence what it is.
  static var name: String { get }
  static var summary: String { get }
  static func text(of samples: [TracedSample]) throws -> String
}

/// A sample with a trace, and what it is a sample of.
package struct TracedSample: Sendable {
  package let run: RunRecord
  package let sample: SampleRecord
  package let trace: SampleTrace
  /// What its kernels are held against.
  let bounds: StepBounds

  /// Those of a result set that have a trace, warm-up left out.
  package static func all(of results: ResultSet) -> [TracedSample] {
    results.sweeps.flatMap { all(in: $0, StepBounds($0)) }
  }

  private static func all(in sweep: ResultSet.Sweep, _ bounds: StepBounds) -> [TracedSample] {
    sweep.runs.flatMap { run in
      run.samples.compactMap { sample in
        guard !sample.warmup, let trace = sample.observation.trace else { return nil }
        return TracedSample(run: run.record, sample: sample, trace: trace, bounds: bounds)
      }
    }
  }

  /// `decode engine.threads=2`.
  var name: String { run.point.name }

  /// `decode engine.threads=2, process 0, sample 3`.
  var title: String { "\(name), process \(run.launch), sample \(sample.index)" }
}

/// Every format of `tacho trace`: one line each.
package enum TraceFormats {
  package static let all: [any TraceFormat.Type] = [
    WaterfallText.self,
    ChromeTrace.self,
    FoldedStacks.self,
  ]
}
