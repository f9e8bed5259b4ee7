// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// The samples whose traces a worker holds, fetched and stored when none is to follow: doing it between
/// samples would let the processor cool down.
struct TraceFetch {
  private var held: [SampleRecord] = []

  mutating func note(_ sample: SampleRecord) {
    if sample.observation.holdsTrace == true { held.append(sample) }
  }

  /// Asks for every trace and stores it with the metrics that follow from it.
  ///
  /// `remark` is told of samples whose parts do not explain their time.
  mutating func fetch(
    from conversation: WorkerConversation, into sink: any RecordSink,
    remark: (_ kind: String, _ message: String) throws -> Void
  ) throws {
    for sample in held {
      let trace = try conversation.trace(of: sample.index)
      var observation = sample.observation
      observation.trace = trace
      let known = Set(sample.measurements.map(\.metric.id))
      let measurements = MetricRules.measurements(of: observation)
        .filter { !known.contains($0.metric.id) }
      if let residual = measurements.first(where: { $0.metric.id == StepResidual.metric.id })?
        .reading.number, abs(residual) > StepResidual.limit
      {
        try remark(
          "unexplained-time",
          "sample \(sample.index): launches, host work and gaps differ from its time by "
            + "\((residual * 1000).rounded() / 10)%: see step/residual")
      }
      try sink.append(
        trace, runID: sample.runID, index: sample.index, measurements: measurements)
    }
    held = []
  }
}
