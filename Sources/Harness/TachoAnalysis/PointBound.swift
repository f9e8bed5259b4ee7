// SPDX-License-Identifier: Apache-2.0
package import TachoRecord

/// What a point is bound by, from the medians of its samples and the limits of its machine.
package struct PointBound: Sendable, Hashable {
  package let bound: BoundClass
  /// Operations per byte of declared traffic; nil without traffic.
  package let intensity: Double?

  /// For every run of a sweep; runs whose limits are not known, or that have no work to hold against
  /// them, are missing.
  package static func byRun(of sweep: ResultSet.Sweep) -> [String: PointBound] {
    let limits = LimitSources(sweep)
    return sweep.runs.reduce(into: [:]) { result, run in
      result[run.record.id] = PointBound(run, limits)
    }
  }

  private init?(_ run: ResultSet.Run, _ limits: LimitSources) {
    let observations = run.samples.filter { !$0.warmup }.map(\.observation)
    guard let first = observations.first, !LimitFraction.isLimit(run.record),
      let calls = Self.calls(first), calls > 0,
      let seconds = Summary.median(
        of: observations.compactMap { each in Self.calls(each).map { each.seconds / Double($0) } })
    else { return nil }
    let work = DeclaredAmounts(first)
    let roofline = Roofline(
      flops: work.flops / Double(calls), bytes: work.bytes / Double(calls),
      flopsPerSecond: LimitSources.arithmetic(of: run.record)
        .flatMap { limits.overall(.peak(arithmetic: $0), for: run.record) },
      bytesPerSecond: limits.overall(.readBandwidth, for: run.record))
    // A kernel call is one launch or few; how many a forward pass makes only its record says.
    let launches = first.mode == .kernel ? 1 : Self.launchesPerStep(run) ?? 0
    let empty = limits.overall(.emptyLaunch, for: run.record).map { $0 * Double(launches) }
    guard
      let bound = BoundClass.of(seconds: seconds, roofline: roofline, launchSeconds: empty)
    else { return nil }
    self.bound = bound
    intensity = roofline.bytes > 0 ? roofline.flops / roofline.bytes : nil
  }

  /// As recorded; nil where launches were not.
  private static func launchesPerStep(_ run: ResultSet.Run) -> Int? {
    Summary.median(of: run.values(of: LaunchesPerStep.metric.id)).map { Int($0.rounded()) }
  }

  /// Kernel calls, decode steps, or the one prefill of a sample; nil for what is a mixture.
  private static func calls(_ observation: Observation) -> Int? {
    switch observation.mode {
    case .kernel: observation.iterations
    case .decode: observation.outputTokens
    case .prefill: 1
    default: nil
    }
  }
}
