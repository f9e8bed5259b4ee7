// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// How much of a limit of the hardware, measured in the same sweep, a rate reached.
///
/// It needs another benchmark's result, so it is computed when results are read and never stored. A
/// rate is held against the limit of its own block (launch), so that the interval over several launches
/// holds the uncertainty of both.
///
/// To add one: a line in `all`.
package struct LimitFraction: Sendable {
  package let metric: Metric
  /// The rate that is divided by the limit.
  package let rate: Metric
  /// Whether a sweep that never measured the limit gets no reading, instead of the reason for none.
  private let silentWithout: Bool
  /// The limit a run is held against; nil where it does not apply.
  private let limit: @Sendable (RunRecord) -> Limit?

  private enum Limit {
    case of(MeasuredLimits.Key.Kind)
    case unknown(String)
  }

  package static let decodeBandwidth = LimitFraction(
    metric: Metric(
      id: "decode/fraction-of-read-bandwidth", unit: .ratio, better: .higher, version: 2,
      definition:
        """
        decode/bytes-per-second over the median kernel/bytes-per-second of the read kernel with as \
        many threads in the same sweep (of several, the largest working set), in the same launch if \
        it has one. Above 1 where caches hold part of the weights. Null without such a benchmark.
        """),
    rate: DecodeBytesPerSecond.metric, silentWithout: true
  ) { _ in .of(.readBandwidth) }

  package static let kernelBandwidth = LimitFraction(
    metric: Metric(
      id: "kernel/fraction-of-read-bandwidth", unit: .ratio, better: .higher,
      definition:
        """
        kernel/bytes-per-second over that of the read kernel, as in decode/fraction-of-read-bandwidth. \
        Above 1 where caches hold what the kernel reads.
        """),
    rate: KernelBytesPerSecond.metric, silentWithout: false
  ) { isLimit($0) ? nil : .of(.readBandwidth) }

  package static let kernelPeak = LimitFraction(
    metric: Metric(
      id: "kernel/fraction-of-peak", unit: .ratio, better: .higher,
      definition:
        """
        kernel/flops-per-second over the median of the peak kernel of the same arithmetic (fact \
        kernel.arithmetic) with as many threads in the same sweep (of several instruction sets, the \
        fastest), in the same launch if it has one. Null without such a benchmark.
        """),
    rate: KernelFlopsPerSecond.metric, silentWithout: false
  ) { run in
    if isLimit(run) { return nil }
    guard let arithmetic = run.facts["kernel.arithmetic"]?.stringValue else {
      return .unknown("the worker did not say in which arithmetic it multiplies")
    }
    return .of(.peak(arithmetic: arithmetic))
  }

  package static let all = [decodeBandwidth, kernelBandwidth, kernelPeak]

  private init(
    metric: Metric, rate: Metric, silentWithout: Bool,
    limit: @escaping @Sendable (RunRecord) -> Limit?
  ) {
    self.metric = metric
    self.rate = rate
    self.silentWithout = silentWithout
    self.limit = limit
  }

  /// The sweep with every fraction in each sample that has its rate.
  package static func adding(to sweep: ResultSet.Sweep) -> ResultSet.Sweep {
    let limits = MeasuredLimits(sweep.runs)
    var result = sweep
    for index in result.runs.indices {
      for fraction in all { fraction.add(to: &result.runs[index], limits) }
    }
    return result
  }

  private func add(to run: inout ResultSet.Run, _ limits: MeasuredLimits) {
    guard let limit = limit(run.record) else { return }
    if silentWithout, case .of(let kind) = limit, !limits.has(kind) { return }
    let value = value(of: limit, run.record, limits)
    for index in run.samples.indices {
      let measurements = run.samples[index].measurements
      guard !measurements.contains(where: { $0.metric.id == metric.id }),
        let rate = measurements.first(where: { $0.metric.id == rate.id })
      else { continue }
      let reading: Reading
      switch (rate.reading, value) {
      case (.unavailable, _): reading = rate.reading
      case (.value, .unavailable): reading = value
      case (.value(let rate), .value(let limit)): reading = .value(rate / limit)
      }
      run.samples[index].measurements.append(Measurement(metric, reading))
    }
  }

  private func value(
    of limit: Limit, _ run: RunRecord, _ limits: MeasuredLimits
  ) -> Reading {
    let kind: MeasuredLimits.Key.Kind
    switch limit {
    case .of(let known): kind = known
    case .unknown(let reason): return .unavailable(reason)
    }
    guard let threads = MeasuredLimits.threads(of: run) else {
      return .unavailable("the number of threads is not on record")
    }
    let key = MeasuredLimits.Key(kind: kind, threads: threads)
    if let value = limits.value(key, launch: run.launch) { return .value(value) }
    return .unavailable(
      "no \(kind.words) benchmark with \(threads) \(threads == 1 ? "thread" : "threads") in this sweep"
    )
  }

  /// The kernels that measure a limit are not held against it.
  private static func isLimit(_ run: RunRecord) -> Bool {
    let op = run.point.configuration["kernel.op"]?.stringValue
    return op == "read" || op == "peak"
  }
}
