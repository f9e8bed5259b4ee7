// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoPlan
import TachoRecord
import TachoRun
import Testing

/// `WorkerProtocol.md` says what the code does: its conversations parse, its example worker works.
@Suite struct WorkerProtocolDocumentTests {
  /// The fenced blocks of one language.
  static func blocks(_ language: String) throws -> [String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Sources/Harness/TachoRun/WorkerProtocol.md")
    let text = try String(contentsOf: file, encoding: .utf8)
    return text.components(separatedBy: "```\(language)\n").dropFirst().map {
      $0.components(separatedBy: "\n```")[0]
    }
  }

  @Test func conversationsParse() throws {
    let blocks = try Self.blocks("conversation")
    #expect(blocks.count == 3)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for line in blocks.flatMap({ $0.split(separator: "\n") }) {
      let json = Data(line.dropFirst(2).utf8)
      if line.hasPrefix(">") {
        let request = try JSONDecoder().decode(WorkerRequest.self, from: json)
        // Requests are shown exactly as Tacho writes them.
        #expect(try encoder.encode(request) == json)
      } else {
        #expect(line.hasPrefix("<"))
        let reply = try JSONDecoder().decode(WorkerReply.self, from: json)
        let again = try JSONDecoder().decode(WorkerReply.self, from: encoder.encode(reply))
        #expect(reply == again)
      }
    }
  }

  static let python = ["/usr/bin/python3", "/usr/local/bin/python3"]
    .first { FileManager.default.isExecutableFile(atPath: $0) }

  /// The worker of the document, measured for real.
  @Test(.enabled(if: python != nil, "no python3 here")) func exampleWorker() throws {
    let source = try #require(try Self.blocks("python").first)
    let python = try #require(Self.python)
    let points = [1000, -1].map { count in
      PlannedPoint(
        point: Point(
          benchmark: "example", kind: "kernel",
          configuration: Configuration(["kernel.n": .int(count)]), axes: ["kernel.n"]),
        policy: .fixed(3, warmup: 1))
    }
    let plan = Plan(suite: "example", suiteText: "", points: points)
    let sink = MemorySink()
    let runner = Runner(
      sweep: RunnerTests.sweep, sink: sink,
      workers: ProcessWorkerFactory { _ in WorkerCommand([python, "-c", source]) })
    let outcome = try runner.execute(plan, schedule: Schedule(plan, seed: 1))
    #expect(outcome.summary == "1 completed, 1 skipped")
    let completed = try #require(sink.runs.first { $0.status == .completed })
    #expect(completed.facts["samples"] == .int(4) && sink.samples.count == 4)
    let seconds = sink.samples[1].measurements.first { $0.metric.id == "kernel/seconds" }
    #expect((seconds?.reading.number ?? 0) > 0)
    let fingerprints = Set(sink.samples.map(\.observation.outputFingerprint))
    #expect(fingerprints.count == 4)
    #expect(
      sink.runs.first { $0.status == .skipped }?.reason == "kernel.n is -1: give a number from 1")
  }
}
