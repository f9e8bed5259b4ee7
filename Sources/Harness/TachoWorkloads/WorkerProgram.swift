// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog
import TachoRecord

/// The programs that can measure a point: `worker.kind`, chosen for each point, so that one benchmark
/// sets several engines side by side and the schedule interleaves them.
///
/// To add one: a case here and a `Workload` that wraps it.
package enum WorkerProgram: String, CaseIterable, Sendable {
  /// Tacho's own engine.
  case native
  /// llama.cpp's llama-bench, or a fork's with the same output.
  case llamaBench = "llama-bench"

  package static let knobs: [Knob] = [
    Knob(
      "worker.kind", .choice(allCases.map(\.rawValue)), default: "native",
      "The engine that measures: Tacho's own, or llama.cpp's llama-bench (or a fork's)."),
    Knob(
      "worker.path", .text, default: "",
      "The program of a worker that is not native; else worker.variable says where it is."),
    Knob(
      "worker.variable", .text, default: "TACHO_LLAMA_BENCH",
      "The environment variable that holds the program's path."),
    Knob(
      "worker.arguments", .text, default: "",
      "More arguments for the program, separated by spaces, for example: -fa on."),
    Knob(
      "worker.repetitions", .int(1...1000), default: 1,
      "Samples from one start of the program: more save loading the model and filling its context, "
        + "but disturbances are then seen by the first of them alone."),
  ]

  /// The one a configuration asks for.
  package init(_ configuration: Configuration) {
    self = configuration["worker.kind"]?.stringValue.flatMap { Self(rawValue: $0) } ?? .native
  }

  /// What it calls itself before it knows more.
  var engine: String {
    switch self {
    case .native: "tacho"
    case .llamaBench: "llama-bench"
    }
  }

  /// The benchmark kinds it can do.
  var kinds: [String] {
    switch self {
    case .native: Workloads.kinds.map(\.name)
    case .llamaBench: [GenerateWorkload.kind.name]
    }
  }

  func prepare(
    kind: String, _ configuration: Configuration
  ) throws -> any Workload {
    switch self {
    case .native:
      return try Workloads.prepare(kind: kind, configuration)
    case .llamaBench:
      guard kind == GenerateWorkload.kind.name else {
        throw WorkloadError(.unsupported, "llama-bench has no benchmarks of kind '\(kind)'")
      }
      try Workloads.checkPaths(of: configuration, LlamaBenchWorkload.kind)
      return try LlamaBenchWorkload(configuration)
    }
  }

  /// Why it cannot do what a resolved configuration asks for, or nil.
  func complaint(about configuration: Configuration) -> String? {
    switch self {
    case .native: nil
    case .llamaBench: LlamaBenchArguments.complaint(about: configuration)
    }
  }

  /// Variables that must be set before the worker's libraries start.
  package static func environment(for configuration: Configuration) -> [String: String] {
    var variables: [String: String] = [:]
    if let core = OpenBLASBench.coreType(configuration) {
      variables[OpenBLASBench.variable] = core
    }
    return variables
  }
}
