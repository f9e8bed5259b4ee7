// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoRecord

/// An engine that does nothing: what the harness, the protocol and the collectors cost per sample.
///
/// Its timed region holds nothing but the meter itself; the rest of the round trip is
/// `sample/overhead-seconds`.
package final class EmptyWorkload: Workload {
  package static let kind = BenchmarkKind(
    name: "empty", summary: "An empty sample: what the harness and the worker protocol cost.",
    knobs: [], complaint: { _ in nil })

  package init(_ configuration: Configuration) throws {}

  package var facts: [String: ConfigurationValue] { [:] }

  package func sample(seed: UInt64, meter: SampleMeter) throws -> Observation {
    meter.start()
    return meter.stop()
  }
}
