// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// The machine a run happened on; equal fingerprints mean numbers may be compared directly.
package struct MachineRecord: Sendable, Hashable, Codable {
  /// First 16 hex digits of SHA-256 over the canonical JSON of `facts`.
  package var id: String
  package var name: String
  /// What does not change between runs: cpu model, cores, caches, ISA features, memory, kernel, OS ...
  package var facts: [String: ConfigurationValue]

  package init(name: String, facts: [String: ConfigurationValue]) {
    self.id = String(SHA256.hex(ConfigurationValue.object(facts).canonicalJSON).prefix(16))
    self.name = name
    self.facts = facts
  }
}

/// The program that measured: version, git revision, compiler, flags.
package struct BuildRecord: Sendable, Hashable, Codable {
  package var id: String
  package var facts: [String: ConfigurationValue]

  package init(facts: [String: ConfigurationValue]) {
    self.id = String(SHA256.hex(ConfigurationValue.object(facts).canonicalJSON).prefix(16))
    self.facts = facts
  }
}

/// One invocation of `tacho run` or `tacho bench`: a plan being measured.
///
/// Resuming continues it.
package struct SweepRecord: Sendable, Hashable, Codable {
  package var id: String
  package var suite: String
  /// SHA-256 of the resolved plan: a resumed sweep must be of the same plan.
  package var planHash: String
  /// The suite's text as it was read, and the command line that reproduces the sweep.
  package var suiteText: String
  package var command: String
  package var startedAt: String
  package var machine: MachineRecord
  package var build: BuildRecord

  package init(
    id: String, suite: String, planHash: String, suiteText: String, command: String,
    startedAt: String, machine: MachineRecord, build: BuildRecord
  ) {
    self.id = id
    self.suite = suite
    self.planHash = planHash
    self.suiteText = suiteText
    self.command = command
    self.startedAt = startedAt
    self.machine = machine
    self.build = build
  }
}

/// How a run ended.
package enum RunStatus: String, Sendable, Hashable, Codable {
  case running, completed, skipped, failed, crashed, timedOut = "timed-out"
  case outOfMemory = "out-of-memory"
  /// Found still `running` by a later resume: its process died.
  case interrupted
}

/// One point measured by one worker process.
package struct RunRecord: Sendable, Hashable, Codable {
  package var id: String
  package var sweepID: String
  package var point: Point
  /// 0 for the point's first worker process, 1 for the next ...
  package var launch: Int
  /// Position in the executed order of the sweep.
  package var order: Int
  /// Position of its point in the plan, which is the suite's order.
  package var planIndex: Int
  package var startedAt: String
  package var finishedAt: String?
  package var status: RunStatus
  /// Why it ended as it did: the stopping rule that was met, or the failure in words.
  package var reason: String?
  /// The worker's own account of what it prepared: model facts, variant chosen, `synthetic` ...
  package var facts: [String: ConfigurationValue]
  package var stderrTail: String?
  /// How it was to be measured; nil in stores of before this was kept.
  package var policy: MeasurementPolicy?

  package init(
    id: String, sweepID: String, point: Point, launch: Int, order: Int, planIndex: Int = 0,
    startedAt: String,
    finishedAt: String? = nil, status: RunStatus = .running, reason: String? = nil,
    facts: [String: ConfigurationValue] = [:], stderrTail: String? = nil,
    policy: MeasurementPolicy? = nil
  ) {
    self.id = id
    self.sweepID = sweepID
    self.point = point
    self.launch = launch
    self.order = order
    self.planIndex = planIndex
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.status = status
    self.reason = reason
    self.facts = facts
    self.stderrTail = stderrTail
    self.policy = policy
  }
}

/// One repetition: raw observation and the metrics computed from it.
package struct SampleRecord: Sendable, Hashable {
  package var runID: String
  /// Counts from 0 within the run, warm-up samples included.
  package var index: Int
  /// Dropped from statistics as warm-up, but kept.
  package var warmup: Bool
  package var startedAt: String
  package var observation: Observation
  package var measurements: [Measurement]
  /// Why the sample may be contaminated (steal, PSI ...); nil when nothing was seen.
  package var flag: String?
  /// What else happened on the machine meanwhile; nil when nobody looked.
  package var environment: SampleEnvironment?

  package init(
    runID: String, index: Int, warmup: Bool, startedAt: String, observation: Observation,
    measurements: [Measurement], flag: String? = nil, environment: SampleEnvironment? = nil
  ) {
    self.runID = runID
    self.index = index
    self.warmup = warmup
    self.startedAt = startedAt
    self.observation = observation
    self.measurements = measurements
    self.flag = flag
    self.environment = environment
  }
}

extension SampleRecord {
  /// Whether its times mean anything: it was not taken under an instrument that counts.
  package var isTimed: Bool { observation.mode != .instrumented }

  /// Whether statistics of times take it up.
  package var isCounted: Bool { !warmup && isTimed }
}

/// Something that happened during a sweep: resumed, worker killed, point skipped, warning.
package struct EventRecord: Sendable, Hashable, Codable {
  package var sweepID: String
  package var runID: String?
  package var at: String
  package var kind: String
  package var message: String

  package init(sweepID: String, runID: String? = nil, at: String, kind: String, message: String) {
    self.sweepID = sweepID
    self.runID = runID
    self.at = at
    self.kind = kind
    self.message = message
  }

  /// The kind of event that makes a sweep a rerun; its message ends with the repeated run's id.
  package static let rerunKind = "rerun"

  /// That a sweep measures a run of another one again.
  package static func rerun(of run: RunRecord, in sweepID: String, at: String) -> EventRecord {
    EventRecord(
      sweepID: sweepID, at: at, kind: rerunKind,
      message: "measures '\(run.point.name)' of sweep \(run.sweepID) again: run \(run.id)")
  }
}
