// SPDX-License-Identifier: Apache-2.0

/// What keeps a piece of work from being faster: the one place where the classes and their thresholds
/// are defined.
///
/// Decided in this order:
/// - `launch`: a call takes less than `launchMultiple` times what an empty launch on as many threads
///   takes, so that more than a tenth of it is the launch;
/// - `latency`: it reaches less than `latencyShare` of what both limits allow. It waits for something
///   that neither of them is: dependent loads, dependent arithmetic, threads that wait for others;
/// - `compute` or `memory`: the limit that allows less at its arithmetic intensity (the roofline of
///   Williams, Waterman and Patterson, CACM 2009).
package enum BoundClass: String, Sendable, Hashable, CaseIterable {
  case compute, memory, launch, latency

  /// A call of so many empty launches or more is not bound by them.
  package static let launchMultiple = 10.0
  /// The share of the attainable below which neither limit explains the time.
  package static let latencyShare = 0.35

  /// The class of a call of `seconds`; `launchSeconds` is what its empty launches take, nil when not
  /// known, which then decides nothing.
  package static func of(
    seconds: Double, roofline: Roofline, launchSeconds: Double? = nil
  ) -> BoundClass? {
    guard seconds > 0, seconds.isFinite, let least = roofline.leastSeconds else { return nil }
    if let launchSeconds, seconds < launchMultiple * launchSeconds { return .launch }
    if least / seconds < latencyShare { return .latency }
    return roofline.isMemoryBound ? .memory : .compute
  }
}
