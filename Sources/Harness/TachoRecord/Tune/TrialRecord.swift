// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Where a trial of a study is.
package enum TrialState: String, Sendable, Hashable, Codable, CaseIterable {
  /// Asked for by somebody, taken up by nobody yet.
  case waiting
  case running
  case complete
  /// Given up before its end because it was clearly worse.
  case pruned
  case failed

  /// Whether nothing more will be learnt of it, unless it is measured again.
  package var isFinished: Bool { self != .waiting && self != .running }
}

/// Why a trial failed.
package enum TrialFailure: String, Sendable, Hashable, Codable, CaseIterable {
  case crash
  case outOfMemory = "out-of-memory"
  case timeout
  /// The worker said that it cannot do it.
  case refused
  /// Its process vanished without a word; the configuration may be innocent.
  case lost

  /// Whether it says something about the configuration.
  package var isInformative: Bool { self != .lost }
}

/// The mean of some repetitions of one quantity.
package struct MeasuredMean: Sendable, Hashable, Codable {
  package var mean: Double
  /// Standard error of the mean; nil when nothing is known of it, 0 when it repeats exactly.
  package var standardError: Double?
  /// Repetitions it is the mean of.
  package var count: Int

  package init(_ mean: Double, standardError: Double? = nil, count: Int = 1) {
    self.mean = mean
    self.standardError = standardError
    self.count = count
  }

  /// Both as one, as if measured together: means by their counts, errors as those of independent parts.
  package func merged(with other: MeasuredMean) -> MeasuredMean {
    let total = Double(count + other.count)
    let (first, second) = (Double(count) / total, Double(other.count) / total)
    var error: Double?
    if let a = standardError, let b = other.standardError {
      error = (first * first * a * a + second * second * b * b).squareRoot()
    }
    return MeasuredMean(
      first * mean + second * other.mean, standardError: error, count: count + other.count)
  }
}

/// One configuration of a study and all that was measured of it.
package struct TrialRecord: Sendable, Hashable, Codable {
  /// From 0, in the order asked for.
  package var number: Int
  /// The searched parameters only.
  package var configuration: Configuration
  package var state: TrialState
  /// One for each objective, in the study's order; empty until measured.
  package var values: [MeasuredMean]
  /// One for each constraint; at most 0 where it is kept.
  package var constraints: [MeasuredMean]
  package var failure: TrialFailure?
  /// In words, with the end of what the worker wrote.
  package var reason: String?
  /// What its measurements took, in seconds or the function's own unit.
  package var cost: Double
  /// Measurements begun, those that run or failed among them.
  package var measurements: Int

  package init(
    number: Int, configuration: Configuration, state: TrialState = .waiting,
    values: [MeasuredMean] = [], constraints: [MeasuredMean] = [], failure: TrialFailure? = nil,
    reason: String? = nil, cost: Double = 0, measurements: Int = 0
  ) {
    self.measurements = measurements
    self.number = number
    self.configuration = configuration
    self.state = state
    self.values = values
    self.constraints = constraints
    self.failure = failure
    self.reason = reason
    self.cost = cost
  }
}

/// What came of measuring a configuration once more.
package struct TrialOutcome: Sendable, Hashable, Codable {
  package var values: [MeasuredMean]
  package var constraints: [MeasuredMean]
  package var failure: TrialFailure?
  package var reason: String?
  package var cost: Double

  package init(
    values: [MeasuredMean] = [], constraints: [MeasuredMean] = [], failure: TrialFailure? = nil,
    reason: String? = nil, cost: Double = 0
  ) {
    self.values = values
    self.constraints = constraints
    self.failure = failure
    self.reason = reason
    self.cost = cost
  }
}

extension TrialRecord {
  /// A measurement of it begins.
  package mutating func begin() {
    measurements += 1
    state = .running
  }

  /// Takes in an outcome: the first makes the trial complete or failed, further ones add to its means.
  package mutating func take(_ outcome: TrialOutcome) {
    cost += outcome.cost
    if let failure = outcome.failure {
      // One that has values keeps them; it failed all the same.
      state = .failed
      self.failure = failure
      reason = outcome.reason
      return
    }
    if values.isEmpty {
      (values, constraints) = (outcome.values, outcome.constraints)
    } else {
      values = zip(values, outcome.values).map { $0.merged(with: $1) }
      constraints = zip(constraints, outcome.constraints).map { $0.merged(with: $1) }
    }
    state = failure == nil ? .complete : .failed
  }
}
