// SPDX-License-Identifier: Apache-2.0
package import Foundation
import TachoCatalog
import TachoCounters
import TachoEngine
import TachoKernels
import TachoModelFiles
package import TachoRecord
import TachoTokenizers

/// An engine behind the worker protocol: answers requests until `finish` or end of input.
package final class WorkerServer {
  private let version: String
  private let program: WorkerProgram
  private var workload: (any Workload)?
  private var meter: SampleMeter?
  private var traces = HeldTraces()
  private var hogs: Hogs?
  private let encoder = JSONEncoder()
  private let decoder = JSONDecoder()

  package init(version: String, program: WorkerProgram = .native) {
    self.version = version
    self.program = program
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
  }

  /// Reads one request a line from standard input and writes one reply a line to standard output.
  package func run() {
    while let line = readLine(strippingNewline: true) {
      if line.allSatisfy(\.isWhitespace) { continue }
      let (reply, last) = answer(line)
      write(reply)
      if last { return }
    }
  }

  /// The reply to one request line, and whether it ends the conversation.
  package func answer(_ line: String) -> (reply: WorkerReply, last: Bool) {
    let request: WorkerRequest
    do {
      request = try decoder.decode(WorkerRequest.self, from: Data(line.utf8))
    } catch {
      return (.error(code: "bad-request", message: "cannot read the request: \(error)"), false)
    }
    do {
      switch request {
      case .hello(let theirs):
        guard theirs == WorkerProtocol.version else {
          return (
            .error(
              code: "protocol",
              message: "this worker speaks protocol \(WorkerProtocol.version), not \(theirs)"), true
          )
        }
        return (
          .hello(
            protocol: WorkerProtocol.version, engine: program.engine, version: version,
            kinds: program.kinds), false
        )
      case .prepare(let kind, let configuration, let recordLaunches, let collect, let events):
        // Its memory is free before the next is loaded, and it cannot be sampled if that fails.
        workload = nil
        hogs = nil
        let prepared = try program.prepare(kind: kind, configuration)
        let meter = try SampleMeter(
          collect: collect, recordLaunches: recordLaunches,
          prepared.collectorRequest(events: events))
        traces = HeldTraces()
        hogs = try prepared.pool?.unpinned { try Hogs(configuration) } ?? Hogs(configuration)
        (workload, self.meter) = (prepared, meter)
        return (.prepared(facts: prepared.facts.merging(meter.facts) { $1 }), false)
      case .sample(let index, let seed):
        guard let workload, let meter else {
          return (.error(code: "bad-request", message: "sample came before prepare"), false)
        }
        for _ in 1..<meter.repetitions { _ = try workload.sample(seed: seed, meter: meter) }
        var observation = try workload.sample(seed: seed, meter: meter)
        if let trace = meter.takeTrace() {
          traces.hold(trace, of: index)
          observation.holdsTrace = true
        }
        return (.sample(observation), false)
      case .trace(let index):
        let facts = (workload?.facts ?? [:]).merging(workload?.finalFacts ?? [:]) { $1 }
        guard let trace = traces.release(index, variant: facts["engine.isa"]?.stringValue ?? "")
        else {
          return (
            .error(code: "bad-request", message: "no trace of sample \(index) is held"), false
          )
        }
        return (.trace(trace), false)
      case .finish:
        hogs = nil
        return (.finished(facts: workload?.finalFacts ?? [:]), true)
      }
    } catch {
      return (.error(code: Self.code(of: error), message: "\(error)"), false)
    }
  }

  private static func code(of error: any Error) -> String {
    switch error {
    case let error as WorkloadError: return error.code.rawValue
    case let error as EngineError: return error.code.rawValue
    case let error as KernelError where [.unsupportedISA, .hugePages].contains(error.code):
      return "unsupported"
    case is KernelError: return "bad-configuration"
    case is ModelFileError, is TokenizerError: return "bad-model"
    case is CatalogError, is EventNameError: return "bad-configuration"
    default: return "failed"
    }
  }

  private func write(_ reply: WorkerReply) {
    var data = line(of: reply)
    data.append(UInt8(ascii: "\n"))
    FileHandle.standardOutput.write(data)
  }

  /// The reply as JSON; one that JSON cannot hold (a number that is none) becomes an error, because
  /// the harness waits for a line.
  package func line(of reply: WorkerReply) -> Data {
    do {
      return try encoder.encode(reply)
    } catch {
      let failure = #"{"code":"failed","message":"the reply holds a number that is not finite","#
      return Data((failure + #""type":"error"}"#).utf8)
    }
  }
}
