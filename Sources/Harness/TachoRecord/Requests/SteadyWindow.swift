// SPDX-License-Identifier: Apache-2.0

/// The part of a load run that is neither ramp-up nor drain.
///
/// Closed loop: the longest span in which at least 95% of the peak number of requests are in flight
/// (from their scheduled arrival, which is the end of the request before). Open loop, where that number
/// wanders: the start is cut where MSER-5 says (White, 1997: the truncation that makes the standard error of the
/// remaining batch means of 5 smallest) on end-to-end latencies in the order of arrival, the end at the
/// last scheduled arrival.
struct SteadyWindow {
  let begin: Int
  let end: Int
  /// The part of the run that lies outside.
  let excludedShare: Double

  /// Why a run has none.
  struct Absence: Error {
    let reason: String
  }

  private static let peakShare = 0.95
  /// A window shorter than this part of the run says nothing about it.
  private static let leastShare = 0.1
  private static let batch = 5
  private static let fewestBatches = 10

  init(_ run: LoadRun) throws(Absence) {
    guard let span = run.span else { throw Absence(reason: LoadRun.noSpan) }
    let closed = run.traffic?.closedLoop ?? true
    let bounds = closed ? try Self.plateau(run) : try Self.truncated(run)
    begin = max(bounds.begin, span.begin)
    end = min(bounds.end, span.end)
    guard begin < end else { throw Absence(reason: "the steady window has no length") }
    let seconds = Nanoseconds.seconds(from: begin, to: end)
    excludedShare = 1 - seconds / Nanoseconds.seconds(from: span.begin, to: span.end)
    guard 1 - excludedShare >= Self.leastShare else {
      throw Absence(reason: "the longest steady window is less than a tenth of the run")
    }
  }

  var seconds: Double { Nanoseconds.seconds(from: begin, to: end) }

  private static func plateau(_ run: LoadRun) throws(Absence) -> (begin: Int, end: Int) {
    let line = SweepLine(
      run.requests.compactMap { request in
        guard let first = request.record.scheduledNs, let last = request.record.doneNs,
          first <= last
        else { return nil }
        return first...last
      })
    let level = Int((peakShare * Double(line.peak)).rounded(.up))
    guard line.peak > 0, let found = line.longest(atLeast: level) else {
      throw Absence(reason: "no request has both a scheduled arrival and an end")
    }
    return found
  }

  private static func truncated(_ run: LoadRun) throws(Absence) -> (begin: Int, end: Int) {
    let arrivals = run.completed.compactMap { request -> (time: Int, latency: Double)? in
      guard let time = request.record.scheduledNs, let latency = request.e2el.number else {
        return nil
      }
      return (time, latency)
    }.sorted { $0.time < $1.time }
    let means = stride(from: 0, to: arrivals.count - arrivals.count % batch, by: batch).map {
      arrivals[$0..<$0 + batch].reduce(0) { $0 + $1.latency } / Double(batch)
    }
    guard means.count >= fewestBatches, let last = arrivals.last else {
      throw Absence(
        reason: "\(arrivals.count) completed requests: MSER-5 needs \(fewestBatches * batch)")
    }
    let cut = mser(means)
    guard cut < means.count / 2 else {
      throw Absence(reason: "latencies still change in the second half of the run (MSER-5)")
    }
    return (arrivals[cut * batch].time, last.time)
  }

  /// How many leading means, half of them at most, to drop so that the squared standard error of the
  /// rest is smallest.
  static func mser(_ means: [Double]) -> Int {
    var best = (cut: 0, error: Double.infinity)
    // Running mean and sum of squares from the end (Welford), so that all cuts take one pass.
    var mean = 0.0
    var squares = 0.0
    for (taken, value) in means.reversed().enumerated() {
      let count = Double(taken + 1)
      let delta = value - mean
      mean += delta / count
      squares += delta * (value - mean)
      let error = squares / (count * count)
      let cut = means.count - taken - 1
      if cut <= means.count / 2, error <= best.error { best = (cut, error) }
    }
    return best.cut
  }
}
