// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord

/// The worker protocol as a run goes through it: each request with its time limit, each reply checked.
///
/// What the worker says of itself goes into the run's facts; a reply that is no answer is a failure.
struct WorkerConversation {
  /// How long a sample in flight may still take after an interrupt.
  static let interruptGraceSeconds = 3.0
  /// How long a worker may take to say hello, and to leave after `finish`.
  static let helloSeconds = 60.0
  static let leaveSeconds = 5.0

  let worker: any Worker
  let policy: MeasurementPolicy

  func greet(_ run: inout RunRecord) throws(WorkerFailure) {
    let reply = try ask(
      .hello(protocol: WorkerProtocol.version),
      timeout: min(policy.timeoutSeconds, Self.helloSeconds))
    guard case .hello(let version, let engine, let engineVersion, let kinds) = reply else {
      throw Self.unexpected(reply, to: "hello")
    }
    run.facts["worker.engine"] = .string(engine)
    run.facts["worker.version"] = .string(engineVersion)
    guard version == WorkerProtocol.version else {
      throw WorkerFailure(
        .failed,
        "it speaks worker protocol \(version), this harness \(WorkerProtocol.version): update the "
          + "older of the two")
    }
    let kind = run.point.kind
    guard kinds.contains(kind) else {
      throw WorkerFailure(
        .skipped,
        "\(engine) has no benchmarks of kind '\(kind)', only \(kinds.joined(separator: ", "))")
    }
  }

  func prepare(_ run: inout RunRecord) throws(WorkerFailure) {
    let reply = try ask(
      .prepare(
        kind: run.point.kind, configuration: run.point.configuration,
        recordLaunches: policy.recordLaunches,
        collect: policy.collect.filter { $0 != InstructionCounts.collector }, events: policy.events),
      timeout: policy.timeoutSeconds)
    guard case .prepared(let facts) = reply else { throw Self.unexpected(reply, to: "prepare") }
    run.facts.merge(facts) { $1 }
  }

  /// What the worker recorded inside a sample that it said it holds a trace of.
  func trace(of index: Int) throws(WorkerFailure) -> SampleTrace {
    let reply = try ask(.trace(index: index), timeout: policy.timeoutSeconds)
    guard case .trace(let trace) = reply else { throw Self.unexpected(reply, to: "trace") }
    if let complaint = trace.complaint {
      throw WorkerFailure(
        .failed, "the worker's trace of sample \(index) is impossible: \(complaint)")
    }
    return trace
  }

  /// The worker's last facts; it may still be there afterwards.
  func finish(_ run: inout RunRecord) throws(WorkerFailure) {
    let reply = try ask(.finish, timeout: min(policy.timeoutSeconds, Self.helloSeconds))
    guard case .finished(let facts) = reply else { throw Self.unexpected(reply, to: "finish") }
    run.facts.merge(facts) { $1 }
  }

  func ask(
    _ request: WorkerRequest, timeout: Double, grace: Double = 0
  ) throws(WorkerFailure) -> WorkerReply {
    try worker.ask(request, timeoutSeconds: timeout, graceSeconds: grace)
  }

  /// The failure that an error reply or a reply out of turn amounts to.
  static func unexpected(_ reply: WorkerReply, to request: String) -> WorkerFailure {
    guard case .error(let code, let message) = reply else {
      return WorkerFailure(
        .failed, "its reply to '\(request)' is of another request: \(reply.name)")
    }
    switch code {
    case "unsupported" where request == "prepare": return WorkerFailure(.skipped, message)
    case "out-of-memory": return WorkerFailure(.outOfMemory, message)
    default: return WorkerFailure(.failed, "\(code): \(message)")
    }
  }
}
