// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
package import TachoKernels
package import TachoRecord

/// One benchmark kind of the native engine: prepared once, then sampled many times.
///
/// To add a kind: one file with a conformance and one line in `Workloads.all`.
package protocol Workload: AnyObject {
  /// What suites may write for it.
  static var kind: BenchmarkKind { get }
  /// Loads and allocates everything, so that `sample` only runs.
  init(_ configuration: Configuration) throws
  /// What was prepared: model, variant chosen, sizes.
  var facts: [String: ConfigurationValue] { get }
  /// What is only known once samples were taken; laid over `facts` when the run ends.
  var finalFacts: [String: ConfigurationValue] { get }
  /// The kernel's ids of the threads that do the work, the caller's among them; empty when the work
  /// is not done by threads of this process that outlive a sample.
  var threadIDs: [Int32] { get }
  /// The pool that the work's kernel launches go through, if it outlives a sample.
  var pool: ThreadPool? { get }
  /// One repetition, timed by the meter: only what is between its `start` and `stop` counts. A pool
  /// that runs it gets the meter's recorder.
  func sample(seed: UInt64, meter: SampleMeter) throws -> Observation
}

extension Workload {
  package var finalFacts: [String: ConfigurationValue] { [:] }

  package var threadIDs: [Int32] { pool?.threadIDs ?? [] }

  package var pool: ThreadPool? { nil }

  /// What collectors are told of it.
  package func collectorRequest(events: [String]) -> CollectorRequest {
    CollectorRequest(
      threadIDs: threadIDs, events: events,
      attach: pool.map { pool in { @Sendable probe in pool.launchProbe = probe } })
  }

  /// One repetition with the clock and the resource use only.
  package func sample(seed: UInt64) throws -> Observation {
    try sample(seed: seed, meter: SampleMeter())
  }
}

/// Every kind of the native engine: one line each.
package enum Workloads {
  package static var all: [any Workload.Type] {
    [
      GenerateWorkload.self,
      LoadWorkload.self,
      ServeWorkload.self,
      KernelWorkload.self,
      EmptyWorkload.self,
    ]
  }

  package static var kinds: [BenchmarkKind] { all.map { $0.kind } }

  /// The workload of a kind, prepared.
  package static func prepare(
    kind: String, _ configuration: Configuration
  ) throws -> any Workload {
    guard let type = all.first(where: { $0.kind.name == kind }) else {
      throw WorkloadError(
        .unsupported,
        "the native engine has no benchmark kind '\(kind)'; it has "
          + kinds.map(\.name).joined(separator: ", "))
    }
    try checkPaths(of: configuration, type.kind)
    return try type.init(configuration)
  }

  /// Every path must be a knob of the kind.
  static func checkPaths(of configuration: Configuration, _ kind: BenchmarkKind) throws {
    let known = Set(kind.knobs.map(\.path))
    if let stray = configuration.paths.first(where: { !known.contains($0) }) {
      let hint = Spelling.suggestion(for: stray, among: known.sorted())
      throw WorkloadError(
        .badConfiguration,
        "'\(stray)' is not a setting of kind '\(kind.name)'"
          + (hint.map { "; did you mean '\($0)'?" } ?? ""))
    }
  }
}

/// Why a workload cannot be prepared or sampled.
package struct WorkloadError: Error, CustomStringConvertible {
  package enum Code: String, Sendable {
    case unsupported
    case badConfiguration = "bad-configuration"
    case failed
  }

  package let code: Code
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
