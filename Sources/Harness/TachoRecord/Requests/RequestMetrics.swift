// SPDX-License-Identifier: Apache-2.0

/// Every latency of one request, computed from its record alone.
///
/// Tokens are t_1 ... t_n; an emission may hold several (k_1 in the first).
package struct RequestMetrics: Sendable {
  package let record: RequestRecord
  private let emitted: Result<Emissions, Emissions.Complaint>

  package init(_ record: RequestRecord) {
    self.record = record
    do {
      emitted = .success(try Emissions(record))
    } catch {
      emitted = .failure(error)
    }
  }

  /// t_admit - t_sched.
  package var queue: Reading {
    Self.between(record.scheduledNs, "scheduledNs", record.admittedNs, "admittedNs")
  }

  /// t_send - t_sched: how late the load generator was.
  package var scheduleLag: Reading {
    Self.between(record.scheduledNs, "scheduledNs", record.sentNs, "sentNs")
  }

  /// t_1 - t_sched, - t_send, - t_admit.
  package var ttft: Reading { toFirst(record.scheduledNs, "scheduledNs") }
  package var ttftFromSend: Reading { toFirst(record.sentNs, "sentNs") }
  package var ttftInEngine: Reading { toFirst(record.admittedNs, "admittedNs") }

  /// (n_in - n_cached) / (t_1 - t_admit).
  package var prefillTokensPerSecond: Reading {
    Self.prefillRate(
      promptTokens: record.promptTokens, cachedTokens: record.cachedTokens, time: ttftInEngine)
  }

  /// t_2 - t_1; 0 when both came in one emission.
  package var ttst: Reading {
    reading { emissions in
      guard emissions.tokenCount > 1 else { return .unavailable("fewer than two tokens") }
      return .value(emissions.firstTokens > 1 ? 0 : emissions.gaps[0])
    }
  }

  /// For each emission after the first the gap over its k tokens, k times.
  package var interTokenLatencies: RequestValues {
    values { emissions in
      zip(emissions.gaps, emissions.tokens.dropFirst()).map {
        WeightedValue($0 / Double($1), weight: $1)
      }
    }
  }

  /// The raw gaps between emissions.
  package var interChunkLatencies: RequestValues {
    values { emissions in emissions.gaps.map { WeightedValue($0) } }
  }

  /// (t_n - t_1) / (n_out - k_1).
  package var tpot: Reading {
    reading { emissions in
      let later = emissions.tokenCount - emissions.firstTokens
      guard later > 0 else { return .unavailable("no token after the first emission") }
      return .value(
        Nanoseconds.seconds(from: emissions.first, to: emissions.last) / Double(later))
    }
  }

  /// Whether all tokens came at once, so that there is no pace to speak of.
  var hasNoPace: Bool {
    if case .success(let emissions) = emitted { return emissions.times.count == 1 }
    return false
  }

  /// 1 / TPOT.
  package var interactivity: Reading {
    guard case .value(let seconds) = tpot else { return tpot }
    return seconds > 0 ? .value(1 / seconds) : .unavailable("the decode has no length")
  }

  /// t_done - t_sched, and - t_send.
  package var e2el: Reading { toEnd(record.scheduledNs, "scheduledNs") }
  package var e2elFromSend: Reading { toEnd(record.sentNs, "sentNs") }

  /// n_out / (t_done - t_sched).
  package var e2eTokensPerSecond: Reading {
    guard case .value(let seconds) = e2el else { return e2el }
    return reading { emissions in
      seconds > 0
        ? .value(Double(emissions.tokenCount) / seconds)
        : .unavailable("the request has no length")
    }
  }

  /// The longest gap between emissions.
  package var maxStall: Reading {
    reading { emissions in
      emissions.gaps.max().map { .value($0) } ?? .unavailable("only one emission")
    }
  }

  /// n_cached / n_in.
  package var prefixHit: Reading {
    guard let prompt = record.promptTokens, prompt > 0 else {
      return .unavailable("the worker did not report promptTokens")
    }
    guard let cached = record.cachedTokens else {
      return .unavailable("the worker did not report cachedTokens")
    }
    return .value(Double(cached) / Double(prompt))
  }

  /// Its emissions; nil when it has none that are usable.
  var emissions: Emissions? { try? emitted.get() }

  /// The rate at which a prompt was read that took `time`.
  static func prefillRate(promptTokens: Int?, cachedTokens: Int?, time: Reading) -> Reading {
    guard case .value(let seconds) = time else { return time }
    guard let promptTokens else { return .unavailable("the worker did not report promptTokens") }
    let read = Double(promptTokens) - Double(cachedTokens ?? 0)
    guard read > 0 else { return .unavailable("every prompt token came from a cache") }
    guard seconds > 0 else { return .unavailable("the prefill has no length") }
    return .value(read / seconds)
  }

  private func reading(_ formula: (Emissions) -> Reading) -> Reading {
    switch emitted {
    case .success(let emissions): return formula(emissions)
    case .failure(let complaint): return .unavailable(complaint.reason)
    }
  }

  private func values(_ formula: (Emissions) -> [WeightedValue]) -> RequestValues {
    switch emitted {
    case .success(let emissions):
      let values = formula(emissions)
      return values.isEmpty ? .unavailable("only one emission") : .values(values)
    case .failure(let complaint): return .unavailable(complaint.reason)
    }
  }

  private func toFirst(_ event: Int?, _ name: String) -> Reading {
    reading { Self.between(event, name, $0.first, "the first emission") }
  }

  private func toEnd(_ event: Int?, _ name: String) -> Reading {
    if let failure = record.failure { return .unavailable("the request failed: \(failure)") }
    return Self.between(event, name, record.doneNs, "doneNs")
  }

  /// Seconds between two events that the worker may not have reported.
  private static func between(
    _ event: Int?, _ name: String, _ end: Int?, _ endName: String
  ) -> Reading {
    guard let event else { return .unavailable("the worker did not report \(name)") }
    guard let end else { return .unavailable("the worker did not report \(endName)") }
    guard event <= end else { return .unavailable("\(name) is later than \(endName)") }
    return .value(Nanoseconds.seconds(from: event, to: end))
  }
}
