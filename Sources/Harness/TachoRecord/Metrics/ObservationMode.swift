// SPDX-License-Identifier: Apache-2.0

/// What kind of sample an observation is, told from the fields its worker filled in.
package enum ObservationMode: Sendable, Hashable {
  /// A kernel called `iterations` times.
  case kernel
  /// One request's life, with the time of each emission.
  case request
  /// A load run: many requests, each with its own life.
  case serve
  /// A timed region that only read a prompt (llama-bench's pp), only generated (tg), or both (pg).
  case prefill, decode, promptAndDecode
  /// A model's start, which ends with a prefill.
  case load
  /// Taken under an instrument that counts instead of timing: the times in it mean nothing, only an
  /// `InstrumentMetricRule` reads it, and no statistic of times takes it up.
  case instrumented
  /// None of these: only metrics of the region as a whole apply.
  case other
}

extension Observation {
  package var mode: ObservationMode { callgrind == nil ? workMode : .instrumented }

  /// What was done, whether it was timed or counted.
  package var workMode: ObservationMode {
    if iterations != nil { return .kernel }
    if load != nil { return .load }
    if requests != nil { return .serve }
    if emissionNs != nil || scheduledNs != nil { return .request }
    switch ((promptTokens ?? 0) > 0, (outputTokens ?? 0) > 0) {
    case (true, false): return .prefill
    case (false, true): return .decode
    case (true, true): return .promptAndDecode
    case (false, false): return .other
    }
  }

  /// `amount` per second of the timed region, or why there is no such number.
  func rate(_ amount: Double) -> Reading {
    guard seconds > 0 else { return .unavailable("the timed region has no length") }
    return .value(amount / seconds)
  }

  /// The sum of the declared traffic parts; nil when the worker declared none, or that there is none.
  func declaredBytes(_ parts: [KeyPath<Observation, Double?>]) -> Double? {
    let declared = parts.compactMap { self[keyPath: $0] }
    let total = declared.reduce(0, +)
    return total > 0 ? total : nil
  }

  /// A reading from what the operating system charged to the worker.
  func usageReading(_ value: (ResourceUsage) -> Double) -> Reading {
    usage.map { .value(value($0)) } ?? .unavailable("the worker reported no resource usage")
  }
}
