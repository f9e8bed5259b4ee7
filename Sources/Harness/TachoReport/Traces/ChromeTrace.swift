// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord

/// The Trace Event Format of Chrome's tracing, which ui.perfetto.dev opens: a process per sample, a
/// track for the host and one per worker, a mark for each token.
package enum ChromeTrace: TraceFormat {
  package static let name = "chrome"
  package static let summary = "Trace Event Format, for ui.perfetto.dev and chrome://tracing."

  package static func text(of samples: [TracedSample]) throws -> String {
    var events: [Event] = []
    for (index, sample) in samples.enumerated() {
      events += Self.events(of: sample, process: index + 1)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let file = File(displayTimeUnit: "ns", traceEvents: events)
    return String(decoding: try encoder.encode(file), as: UTF8.self) + "\n"
  }

  private static func events(of sample: TracedSample, process: Int) -> [Event] {
    let observation = sample.sample.observation
    let trace = sample.trace
    let origin = observation.startNs
    func span(
      _ name: String, _ start: Int, _ end: Int, track: Int, _ args: [String: Argument]
    ) -> Event {
      Event(
        name: name, ph: "X", pid: process, tid: track, ts: microseconds(start - origin),
        dur: microseconds(end - start), args: args)
    }
    func named(_ what: String, _ track: Int, _ name: String) -> Event {
      Event(name: what, ph: "M", pid: process, tid: track, args: ["name": .text(name)])
    }
    let workers = trace.launches.map { $0.workerNs.count / 2 }.max() ?? 0
    var events = [named("process_name", 0, sample.title), named("thread_name", 0, "host")]
    events += (0..<workers).map { named("thread_name", $0 + 1, "worker \($0)") }
    events.append(
      span(
        "sample \(sample.sample.index)", observation.startNs, observation.endNs, track: 0,
        sample.sample.flag.map { ["flag": .text($0)] } ?? [:]))
    for step in trace.steps {
      events.append(
        span(
          "forward, \(step.rows) row\(step.rows == 1 ? "" : "s")", step.startNs, step.endNs,
          track: 0,
          [
            "step": .number(step.step), "processor": .number(step.processor),
            "involuntary switches": .number(step.involuntarySwitches),
            "minor faults": .number(step.minorFaults), "major faults": .number(step.majorFaults),
            "slow": .text(step.isSlow ? "yes" : "no"),
          ]))
    }
    for work in trace.spans {
      events.append(
        span(work.name, work.startNs, work.endNs, track: 0, ["step": .number(work.step)]))
    }
    for launch in trace.launches {
      let args: [String: Argument] = [
        "variant": .text(launch.variant), "step": .number(launch.step),
        "layer": .number(launch.layer), "queue ns": .number(launch.queueNs),
        "skew ns": .number(launch.skewNs), "barrier wait ns": .number(launch.barrierWaitNs),
      ]
      events.append(span(launch.op, launch.enqueueNs, launch.endNs, track: 0, args))
      for worker in 0..<launch.workerNs.count / 2 {
        events.append(
          span(
            launch.op, launch.workerNs[2 * worker], launch.workerNs[2 * worker + 1],
            track: worker + 1, ["layer": .number(launch.layer), "step": .number(launch.step)]))
      }
    }
    for (index, time) in tokens(of: sample).enumerated() {
      events.append(
        Event(
          name: "token \(index)", ph: "i", pid: process, tid: 0, ts: microseconds(time - origin),
          s: "p"))
    }
    return events
  }

  /// When tokens became known: the emissions of a request, else the ends of decoding passes.
  private static func tokens(of sample: TracedSample) -> [Int] {
    sample.sample.observation.emissionNs
      ?? sample.trace.steps.filter { $0.rows == 1 }.map(\.endNs)
  }

  private static func microseconds(_ ns: Int) -> Double { Double(ns) / 1000 }

  private struct File: Encodable {
    let displayTimeUnit: String
    let traceEvents: [Event]
  }

  private struct Event: Encodable {
    var name: String
    var ph: String
    var pid: Int
    var tid: Int
    var ts: Double?
    var dur: Double?
    var s: String?
    var args: [String: Argument]?
  }

  private enum Argument: Encodable {
    case number(Int)
    case text(String)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let value): try container.encode(value)
      case .text(let value): try container.encode(value)
      }
    }
  }
}
