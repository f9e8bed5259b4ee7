// SPDX-License-Identifier: Apache-2.0
import Foundation
import Glibc
package import TachoCatalog
package import TachoPlan
package import TachoRecord

/// Counts a point's instructions and simulated cache misses: one worker under valgrind's callgrind.
///
/// Counts repeat to the last instruction because nothing that may change gets in: one engine thread (which
/// of several finds how much work, and how long it spins for it, is chance), an environment of its own, one
/// fixed seed, a fixed number of kernel calls, hashing without a random seed, and a warm-up repetition in the
/// same request, which leaves memory as the counted one finds it.
package struct CallgrindInstrument: PointInstrument {
  /// Valgrind runs a program 20 to 50 times slower than the processor does; most of the rest of a timeout
  /// is reserve.
  static let timeoutFactor = 10.0
  /// Valgrind's own memory, above what the worker needs.
  static let ownBytes = 2 << 30
  static let seed: UInt64 = 1

  private let stripped: StrippedProgram
  private let cacheDirectory: String
  private let arguments: [String]
  private let variables: (Configuration) -> [String: String]
  private let configuration: (Point) throws(WorkerFailure) -> Configuration
  private let interruption: any Interruption
  private let functions: Int

  /// `program` is the worker's file, `digest` what identifies its content, `arguments` what makes it a
  /// worker; `functions` are kept one by one; `variables` is its environment, and `configuration` how the point's work is to be done, or why
  /// it cannot be.
  package init(
    program: String, digest: String, cacheDirectory: String, arguments: [String],
    interruption: any Interruption = NoInterruption(),
    functions: Int = CallgrindProfile.functionLimit,
    variables: @escaping (Configuration) -> [String: String] = { _ in [:] },
    configuration: @escaping (Point) throws(WorkerFailure) -> Configuration
  ) {
    stripped = StrippedProgram(
      program: program, digest: digest, directory: cacheDirectory + "/valgrind")
    self.cacheDirectory = cacheDirectory
    self.arguments = arguments
    self.interruption = interruption
    self.functions = functions
    self.variables = variables
    self.configuration = configuration
  }

  package var activity: String { "counting instructions under valgrind, 20 to 50 times slower" }

  package func isWanted(for planned: PlannedPoint) -> Bool {
    planned.policy.collect.contains(InstructionCounts.collector)
  }

  package func unavailable(_ reason: String) -> Observation {
    var observation = Observation(startNs: 0, endNs: 0)
    observation.callgrind = .unavailable(reason)
    return observation
  }

  package func observe(
    _ planned: PlannedPoint
  ) throws(WorkerFailure) -> (observation: Observation, facts: [String: ConfigurationValue]) {
    let settings = try configuration(planned.point)
    let valgrind = try Valgrind.find()
    let program = try stripped.make()
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let command = WorkerCommand(
      [valgrind.path, "-q"] + Valgrind.options + ["--callgrind-out-file=\(folder)/counts", program]
        + arguments,
      environment: environment(settings), inheritsEnvironment: false)
    var limits = WorkerLimits(memoryCapBytes: planned.policy.memoryCapBytes)
    limits.memoryCapBytes = limits.memoryCapBytes.map { $0 &+ Self.ownBytes }
    let start = MonotonicClock.seconds()
    let worker = try WorkerProcess(command, limits: limits, interruption: interruption)
    defer { worker.end(graceSeconds: 0) }
    var observation = try sample(
      worker, planned.point.kind, settings, timeout: planned.policy.timeoutSeconds)
    observation.callgrind = try counts(in: folder)
    var facts: [String: ConfigurationValue] = [
      "callgrind.valgrind": .string(valgrind.version),
      "callgrind.options": .string(Valgrind.options.joined(separator: " ")),
      "callgrind.seconds": .double(MonotonicClock.seconds() - start),
    ]
    for path in ["engine.isa", "engine.threads", "kernel.iterations"] {
      if let value = settings[path] { facts["callgrind.\(path)"] = value }
    }
    return (observation, facts)
  }

  /// The conversation of one companion, which has ten times the timeout in all.
  ///
  /// It is not told to finish: its end would be one more file.
  private func sample(
    _ worker: any Worker, _ kind: String, _ settings: Configuration, timeout: Double
  ) throws(WorkerFailure) -> Observation {
    let deadline = MonotonicClock.seconds() + timeout * Self.timeoutFactor
    func ask(_ request: WorkerRequest) throws(WorkerFailure) -> WorkerReply {
      let reply = try worker.ask(
        request, timeoutSeconds: max(deadline - MonotonicClock.seconds(), 0.001), graceSeconds: 0)
      guard case .error(let code, let message) = reply else { return reply }
      throw WorkerFailure(.failed, "under valgrind: \(code): \(message)")
    }
    _ = try ask(.hello(protocol: WorkerProtocol.version))
    _ = try ask(
      .prepare(
        kind: kind, configuration: settings, recordLaunches: false,
        collect: [InstructionCounts.collector]))
    let reply = try ask(.sample(index: 0, seed: Self.seed))
    guard case .sample(let observation) = reply else {
      throw WorkerFailure(.failed, "under valgrind: its reply is of another request: \(reply.name)")
    }
    if let reason = observation.callgrind?.unavailable { throw WorkerFailure(.failed, reason) }
    if let complaint = observation.complaint {
      throw WorkerFailure(.failed, "under valgrind: its observation is impossible: \(complaint)")
    }
    return observation.withoutTimes
  }

  /// Of the last repetition: each has written a file.
  private func counts(in folder: String) throws(WorkerFailure) -> InstructionCounts {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let parts = names.compactMap { name in
      name.hasPrefix("counts.") ? Int(name.dropFirst("counts.".count)) : nil
    }
    guard let last = parts.max() else {
      throw WorkerFailure(.failed, "callgrind wrote no file of counts")
    }
    do {
      var counts = try CallgrindProfile.read(
        path: "\(folder)/counts.\(last)", functions: functions)
      // The copy's name differs between two builds whose counts may be compared.
      for index in counts.functions.indices where counts.functions[index].object == stripped.name {
        counts.functions[index].object = "tacho"
      }
      return counts
    } catch {
      throw WorkerFailure(.failed, "callgrind's file cannot be read: \(error)")
    }
  }

  private func makeFolder() throws(WorkerFailure) -> String {
    let path = FileManager.default.temporaryDirectory.path + "/tacho-callgrind-\(UUID().uuidString)"
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw WorkerFailure(.failed, "cannot make the folder \(path): \(error.localizedDescription)")
    }
    return path
  }

  /// The same for every start: what stands in the environment moves the worker's stack.
  private func environment(_ settings: Configuration) -> [String: String] {
    let own = ProcessInfo.processInfo.environment
    var all = [
      "LANG": "C", "TZ": "UTC", "HOME": "/", "PATH": "/usr/bin:/bin",
      "SWIFT_DETERMINISTIC_HASHING": "1", "OPENBLAS_NUM_THREADS": "1",
      "TACHO_CACHE": cacheDirectory,
    ]
    if let path = own["LD_LIBRARY_PATH"] { all["LD_LIBRARY_PATH"] = path }
    return all.merging(variables(settings)) { $1 }
  }
}

extension Observation {
  /// Without what an instrument distorts: times, and what the operating system charged.
  fileprivate var withoutTimes: Observation {
    var result = self
    (result.startNs, result.endNs) = (0, 0)
    (result.scheduledNs, result.sentNs, result.admittedNs, result.doneNs) = (nil, nil, nil, nil)
    (result.emissionNs, result.emissionTokens) = (nil, nil)
    (result.usage, result.heap, result.extra) = (nil, nil, nil)
    (result.trace, result.holdsTrace) = (nil, nil)
    result.load = load.map {
      LoadTimes(mappedNs: 0, readyNs: 0, repackNs: 0, repackedBytes: $0.repackedBytes)
    }
    return result
  }
}
