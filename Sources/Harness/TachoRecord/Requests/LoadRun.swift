// SPDX-License-Identifier: Apache-2.0

/// The requests of one load run, sorted by how they ended, and the span they took.
struct LoadRun {
  let requests: [RequestMetrics]
  let traffic: TrafficRecord?

  init(_ observation: Observation) {
    requests = (observation.requests ?? []).map { RequestMetrics($0) }
    traffic = observation.traffic
  }

  var completed: [RequestMetrics] { requests.filter { $0.record.failure == nil } }
  var failed: [RequestMetrics] { requests.filter { $0.record.failure != nil } }

  /// From the first send to the last end of any request.
  var span: (begin: Int, end: Int)? {
    guard let begin = requests.compactMap(\.record.sentNs).min(),
      let end = requests.compactMap(\.record.doneNs).max(), begin < end
    else { return nil }
    return (begin, end)
  }

  /// `amount` over the run's length, ramp-up and drain included.
  func perSecond(_ amount: Double) -> Reading {
    guard let span else { return .unavailable(Self.noSpan) }
    return .value(amount / Nanoseconds.seconds(from: span.begin, to: span.end))
  }

  static let noSpan = "no request was sent and ended, so the run has no length"

  /// Tokens of completed requests.
  var outputTokens: Double {
    completed.reduce(0) { $0 + Double($1.emissions?.tokenCount ?? 0) }
  }

  /// Tokens of completed requests that became readable from `begin` until before `end`.
  func outputTokens(from begin: Int, to end: Int) -> Double {
    completed.compactMap(\.emissions).reduce(0) { sum, emissions in
      sum
        + zip(emissions.times, emissions.tokens).reduce(0) {
          $0 + ($1.0 >= begin && $1.0 < end ? Double($1.1) : 0)
        }
    }
  }

  /// The mean number of requests that are in a phase, over the run's length; requests that lack one of
  /// its ends are not in it.
  func meanConcurrency(
    from begin: (RequestMetrics) -> Int?, to end: (RequestMetrics) -> Int?
  ) -> Reading {
    guard let span else { return .unavailable(Self.noSpan) }
    let spans = requests.compactMap { request -> ClosedRange<Int>? in
      guard let first = begin(request), let last = end(request), first <= last else { return nil }
      return first...last
    }
    guard !spans.isEmpty else { return .unavailable("no request has both ends of this phase") }
    return .value(SweepLine(spans).mean(from: span.begin, to: span.end))
  }

  /// A reading that needs the steady window, or why there is none.
  func steadyReading(_ formula: (SteadyWindow) -> Reading) -> Reading {
    do throws(SteadyWindow.Absence) {
      return formula(try SteadyWindow(self))
    } catch {
      return .unavailable(error.reason)
    }
  }

  /// A rule's reading: nil for other modes.
  static func reading(of observation: Observation, _ formula: (LoadRun) -> Reading) -> Reading? {
    observation.mode == .serve ? formula(LoadRun(observation)) : nil
  }
}
