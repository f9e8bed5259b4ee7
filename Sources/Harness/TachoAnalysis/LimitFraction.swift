// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
package import TachoRecord

/// How much of a limit of the hardware a rate reached.
///
/// It needs another benchmark's result, of the same sweep or of the machine's calibration, so it is
/// computed when results are read and never stored. A rate is held against the limit of its own block
/// (launch) where that has one, so that the interval over several launches holds the uncertainty of
/// both.
///
/// To add one: a line in `all`.
package struct LimitFraction: Sendable {
  package let metric: Metric
  /// The speed that grows with it, beside which tables show it.
  package let rate: Metric
  /// The value of one sample, or why there is none; nil where it does not apply.
  private let reading: @Sendable (RunRecord, SampleRecord, LimitSources) -> Reading?

  package static let decodeBandwidth = LimitFraction(
    metric: Metric(
      id: "decode/fraction-of-read-bandwidth", unit: .ratio, better: .higher, version: 3,
      definition:
        """
        MBU: decode/bytes-per-second (weights and KV) over the median kernel/bytes-per-second of the \
        read kernel with as many threads (of several, the largest working set), of the same launch, \
        else the same sweep, else the machine's calibration. Above 1 where caches hold part of the \
        weights. Null without such a benchmark.
        """),
    rate: DecodeTokensPerSecond.metric
  ) { run, sample, limits in
    quotient(rate(DecodeBytesPerSecond.metric, sample), limits.reading(.readBandwidth, for: run))
  }

  package static let prefillPeak = modelPeak(
    "prefill/fraction-of-peak", rate: PrefillTokensPerSecond.metric, mode: .prefill)
  package static let decodePeak = modelPeak(
    "decode/fraction-of-peak", rate: DecodeTokensPerSecond.metric, mode: .decode)

  package static let kernelBandwidth = LimitFraction(
    metric: Metric(
      id: "kernel/fraction-of-read-bandwidth", unit: .ratio, better: .higher, version: 2,
      definition:
        """
        kernel/bytes-per-second over that of the read kernel, as in decode/fraction-of-read-bandwidth. \
        Above 1 where caches hold what the kernel reads.
        """),
    rate: KernelBytesPerSecond.metric
  ) { run, sample, limits in
    isLimit(run)
      ? nil
      : quotient(
        rate(KernelBytesPerSecond.metric, sample), limits.reading(.readBandwidth, for: run))
  }

  package static let kernelPeak = LimitFraction(
    metric: Metric(
      id: "kernel/fraction-of-peak", unit: .ratio, better: .higher, version: 2,
      definition:
        """
        kernel/flops-per-second over the median of the peak kernel of the same arithmetic (fact \
        kernel.arithmetic) with as many threads (of several instruction sets, the fastest), of the same \
        launch, else the same sweep, else the machine's calibration. Null without such a benchmark.
        """),
    rate: KernelFlopsPerSecond.metric
  ) { run, sample, limits in
    isLimit(run)
      ? nil : quotient(rate(KernelFlopsPerSecond.metric, sample), limits.peak(for: run))
  }

  package static let kernelAttainable = attainable("kernel", KernelSeconds.metric, mode: .kernel)
  package static let decodeAttainable = attainable(
    "decode", DecodeTokensPerSecond.metric, mode: .decode)
  package static let prefillAttainable = attainable(
    "prefill", PrefillTokensPerSecond.metric, mode: .prefill)

  /// Of several for one rate the first that has values is shown beside it.
  package static let all = [
    decodeBandwidth, decodePeak, decodeAttainable, prefillPeak, prefillAttainable, kernelBandwidth,
    kernelPeak, kernelAttainable,
  ]

  private init(
    metric: Metric, rate: Metric,
    reading: @escaping @Sendable (RunRecord, SampleRecord, LimitSources) -> Reading?
  ) {
    self.metric = metric
    self.rate = rate
    self.reading = reading
  }

  /// The sweep with every fraction in each sample that it applies to.
  package static func adding(to sweep: ResultSet.Sweep) -> ResultSet.Sweep {
    let limits = LimitSources(sweep)
    var result = sweep
    for index in result.runs.indices {
      for fraction in all { fraction.add(to: &result.runs[index], limits) }
    }
    return result
  }

  private func add(to run: inout ResultSet.Run, _ limits: LimitSources) {
    for index in run.samples.indices {
      let sample = run.samples[index]
      guard !sample.measurements.contains(where: { $0.metric.id == metric.id }),
        let reading = reading(run.record, sample, limits)
      else { continue }
      run.samples[index].measurements.append(Measurement(metric, reading))
    }
  }
}

extension LimitFraction {
  /// The reading of a metric that the sample was stored with.
  private static func rate(_ metric: Metric, _ sample: SampleRecord) -> Reading? {
    sample.measurements.first { $0.metric.id == metric.id }?.reading
  }

  private static func quotient(_ rate: Reading?, _ limit: @autoclosure () -> Reading) -> Reading? {
    switch rate {
    case nil: return nil
    case .unavailable(let reason): return .unavailable(reason)
    case .value(let rate):
      switch limit() {
      case .unavailable(let reason): return .unavailable(reason)
      case .value(let limit): return .value(rate / limit)
      }
    }
  }

  private static func modelPeak(
    _ id: String, rate: Metric, mode: ObservationMode
  ) -> LimitFraction {
    LimitFraction(
      metric: Metric(
        id: id, unit: .ratio, better: .higher,
        definition:
          """
          MFU: declared operations of the timed region (a multiply-add is two) over its length, over the \
          median of the peak kernel of the arithmetic that most of the weights are multiplied in (fact \
          engine.arithmetic) with as many threads, of the same launch, else the same sweep, else the \
          machine's calibration. Attention counts, though its arithmetic may be another. Null without \
          such a benchmark.
          """),
      rate: rate
    ) { run, sample, limits in
      // A worker that declares no operations has no MFU, rather than one that is missing.
      guard sample.observation.mode == mode, sample.observation.flops != nil else { return nil }
      return quotient(flopsPerSecond(sample.observation), limits.peak(for: run))
    }
  }

  private static func flopsPerSecond(_ observation: Observation) -> Reading {
    guard let flops = observation.flops, flops > 0 else {
      return .unavailable("the worker declared no operations")
    }
    guard observation.seconds > 0 else {
      return .unavailable("the timed region has no length")
    }
    return .value(flops / observation.seconds)
  }

  private static func attainable(
    _ area: String, _ rate: Metric, mode: ObservationMode
  ) -> LimitFraction {
    LimitFraction(
      metric: Metric(
        id: "\(area)/fraction-of-attainable", unit: .ratio, better: .higher,
        definition:
          """
          The least time that the measured limits allow for the declared work, max(operations / peak, \
          bytes / read bandwidth), over the time it took: achieved over min(peak, intensity times \
          bandwidth), with the limits of fraction-of-peak and fraction-of-read-bandwidth. Null where one \
          that the work needs is not known.
          """),
      rate: rate
    ) { run, sample, limits in
      let observation = sample.observation
      guard observation.mode == mode, !isLimit(run) else { return nil }
      let work = DeclaredAmounts(observation)
      guard work.flops > 0 || work.bytes > 0 else { return nil }
      guard observation.seconds > 0 else {
        return .unavailable("the timed region has no length")
      }
      let peak = work.flops > 0 ? limits.peak(for: run) : .unavailable("")
      let bandwidth =
        work.bytes > 0 ? limits.reading(.readBandwidth, for: run) : .unavailable("")
      if work.flops > 0, case .unavailable(let reason) = peak { return .unavailable(reason) }
      if work.bytes > 0, case .unavailable(let reason) = bandwidth { return .unavailable(reason) }
      let roofline = Roofline(
        flops: work.flops, bytes: work.bytes, flopsPerSecond: peak.number,
        bytesPerSecond: bandwidth.number)
      return roofline.leastSeconds.map { .value($0 / observation.seconds) }
    }
  }

  /// The kernels that measure limits are not held against them.
  static func isLimit(_ run: RunRecord) -> Bool {
    let op = run.point.configuration["kernel.op"]?.stringValue
    return op == "read" || op == "peak" || op == "copy" || op == "copy_stream"
  }
}

/// What the timed region of a sample had to do, as its worker declared it.
struct DeclaredAmounts {
  let flops: Double
  let bytes: Double

  init(_ observation: Observation) {
    flops = observation.flops ?? 0
    // The traffic of a model is its weights and KV, as in decode/bytes-per-second.
    bytes =
      (observation.weightBytes ?? 0) + (observation.kvBytes ?? 0)
      + (observation.mode == .kernel ? observation.activationBytes ?? 0 : 0)
  }
}
