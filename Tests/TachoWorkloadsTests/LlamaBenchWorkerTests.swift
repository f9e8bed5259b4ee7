// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoWorkloads
import Testing

/// The conversation of `tacho worker llama-bench` around a program that answers like one.
@Suite struct LlamaBenchWorkerTests {
  private let server = WorkerServer(version: "1.2.3", program: .llamaBench)

  private func ask(_ request: WorkerRequest) throws -> WorkerReply {
    server.answer(String(decoding: try JSONEncoder().encode(request), as: UTF8.self)).reply
  }

  private func prepare(
    _ fake: FakeLlamaBench?,
    _ settings: [String: ConfigurationValue] = ["workload.prompt_tokens": 5]
  ) throws -> WorkerReply {
    var all: [String: ConfigurationValue] = ["worker.kind": "llama-bench"]
    if let fake { all["worker.path"] = .string(fake.path) }
    return try ask(
      .prepare(
        kind: "generate", configuration: TestCache.tiny(all.merging(settings) { $1 }),
        recordLaunches: false))
  }

  private func sample() throws -> Observation {
    let reply = try ask(.sample(index: 0, seed: 1))
    guard case .sample(let observation) = reply else {
      Issue.record("\(reply)")
      throw CancellationError()
    }
    return observation
  }

  private func error(_ reply: WorkerReply) -> (code: String, message: String) {
    guard case .error(let code, let message) = reply else { return ("none", "\(reply)") }
    return (code, message)
  }

  @Test func aWholeConversation() throws {
    let hello = try ask(.hello(protocol: WorkerProtocol.version))
    #expect(
      hello
        == .hello(
          protocol: WorkerProtocol.version, engine: "llama-bench", version: "1.2.3",
          kinds: ["generate"]))
    let fake = try FakeLlamaBench()
    let prepared = try prepare(
      fake, ["workload.prompt_tokens": 6, "workload.output_tokens": 3, "workload.depth": 4])
    guard case .prepared(let facts) = prepared else {
      Issue.record("\(prepared)")
      return
    }
    #expect(facts["model.synthetic"] == true && facts["model.declared_work"] == nil)
    #expect(facts["worker.program"]?.stringValue == fake.path)
    #expect(facts["worker.program_sha256"]?.stringValue?.count == 16)
    let observation = try sample()
    #expect(observation.endNs - observation.startNs == 1_000_000)
    #expect(observation.promptTokens == 6 && observation.outputTokens == 3)
    #expect(observation.depth == 4 && observation.mode == .promptAndDecode)
    _ = try sample()
    let model = try #require(facts["model.filename"]?.stringValue)
    // One start for each sample, each for one repetition.
    let line = "-m \(model) -o json -r 1 -t 2 -p 0 -n 0 -pg 6,3 -d 4"
    #expect(fake.asked == [line, line])
    guard case .finished(let final) = try ask(.finish) else {
      Issue.record("not finished")
      return
    }
    #expect(final["worker.engine"] == "llama-bench" && final["worker.version"] == "abc1234 (77)")
    #expect(final["llama_bench.backends"] == "CPU" && final["engine.threads"] == 2)
    #expect(final["llama_bench.new"] == nil && final["kv.format"] == "f16")
  }

  /// The work declared for the peer is what Tacho's engine declares for the same tokens.
  @Test func declaresTheSameWork() throws {
    let settings: [String: ConfigurationValue] = [
      "workload.prompt_tokens": 6, "workload.output_tokens": 3, "workload.depth": 4,
    ]
    let own = try TestCache.generate(settings).sample(seed: 1)
    _ = try prepare(try retained(FakeLlamaBench()), settings)
    let peer = try sample()
    #expect(peer.weightBytes == own.weightBytes && own.weightBytes ?? 0 > 0)
    #expect(peer.kvBytes == own.kvBytes && peer.flops == own.flops)
  }

  @Test func repetitionsOfOneStartAreHandedOutOneByOne() throws {
    let fake = try FakeLlamaBench()
    _ = try prepare(fake, ["workload.output_tokens": 2, "worker.repetitions": 3])
    let samples = try (0..<4).map { _ in try sample() }
    #expect(samples.map { $0.endNs - $0.startNs } == [1_000_000, 2_000_000, 3_000_000, 1_000_000])
    #expect(samples[0].endNs == samples[1].startNs && samples[1].endNs == samples[2].startNs)
    #expect(fake.asked.count == 2)
  }

  @Test func pointsItCannotDoAreSkipped() throws {
    let variable = "TACHO_TEST_NO_SUCH_VARIABLE"
    let unset = error(
      try prepare(nil, ["workload.prompt_tokens": 5, "worker.variable": .string(variable)]))
    #expect(unset.code == "unsupported")
    #expect(unset.message == "set \(variable) or worker.path to the path of llama-bench")
    let missing = error(
      try prepare(nil, ["workload.prompt_tokens": 5, "worker.path": "/no/such/program"]))
    #expect(missing.code == "unsupported" && missing.message.contains("/no/such/program"))
    let other = error(try prepare(nil, ["workload.prompt_tokens": 5, "worker.path": "/bin/echo"]))
    #expect(other.code == "unsupported" && other.message.contains("not a llama-bench"))
    let fork = error(
      try prepare(
        try retained(FakeLlamaBench(help: "ik_llama.cpp.help")),
        ["workload.prompt_tokens": 5, "workload.depth": 7]))
    #expect(fork.code == "unsupported" && fork.message.contains("no option -d"))
    let kind = error(
      try ask(.prepare(kind: "kernel", configuration: Configuration(), recordLaunches: false)))
    #expect(kind.code == "unsupported")
  }

  @Test func whatIsNoMeasurementFails() throws {
    let cases: [(String, says: String)] = [
      ("exit 3", "exited with code 3"), ("kill -4 $$", "signal 4"), ("echo hello", "no JSON"),
      (FakeLlamaBench.result.replacing("$t,", with: "7,"), "threads: 7"),
      (FakeLlamaBench.result.replacing("$times", with: "1, 2"), "measured 2 of"),
      (FakeLlamaBench.result.replacing("$times", with: "900000000000"), "in a process that lived"),
      ("yes", "more than"),
    ]
    for (result, says) in cases {
      guard case .prepared = try prepare(try retained(FakeLlamaBench(result: result))) else {
        Issue.record("not prepared: \(says)")
        continue
      }
      let failure = error(try ask(.sample(index: 0, seed: 1)))
      #expect(failure.code == "failed" && failure.message.contains(says), "\(failure)")
    }
  }

  private final class Shelf { var fakes: [FakeLlamaBench] = [] }
  private let shelf = Shelf()

  /// Keeps the script until the test is over.
  private func retained(_ fake: FakeLlamaBench) -> FakeLlamaBench {
    shelf.fakes.append(fake)
    return fake
  }
}
