// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoWorkloads
import Testing

/// The conversation of `tacho worker`: every request, every kind of error.
@Suite struct WorkerServerTests {
  private let server = WorkerServer(version: "1.2.3")

  private func answer(_ request: WorkerRequest) throws -> (reply: WorkerReply, last: Bool) {
    server.answer(String(decoding: try JSONEncoder().encode(request), as: UTF8.self))
  }

  private func prepare(
    _ settings: [String: ConfigurationValue], kind: String = "generate",
    launches: LaunchRecording = .none
  ) throws -> WorkerReply {
    try answer(
      .prepare(
        kind: kind, configuration: TestCache.tiny(settings), recordLaunches: launches)
    ).reply
  }

  private func code(_ reply: WorkerReply) -> String? {
    guard case .error(let code, let message) = reply else { return nil }
    #expect(!message.isEmpty)
    return code
  }

  @Test func aWholeConversation() throws {
    let hello = try answer(.hello(protocol: WorkerProtocol.version))
    #expect(
      hello.reply
        == .hello(
          protocol: WorkerProtocol.version, engine: "tacho", version: "1.2.3",
          kinds: ["generate", "load", "serve", "kernel", "empty"]))
    #expect(!hello.last)
    guard case .prepared(let facts) = try prepare(["workload.prompt_tokens": 5], launches: true)
    else {
      Issue.record("not prepared")
      return
    }
    #expect(facts["model.synthetic"] == true)
    for index in 0..<3 {
      let (reply, last) = try answer(.sample(index: index, seed: UInt64.max - UInt64(index)))
      guard case .sample(let observation) = reply else {
        Issue.record("\(reply)")
        return
      }
      #expect(observation.promptTokens == 5 && observation.holdsTrace == true && !last)
      #expect(observation.trace == nil)
      // What is written is what the harness reads.
      #expect(try JSONDecoder().decode(WorkerReply.self, from: server.line(of: reply)) == reply)
    }
    for index in [2, 0] {
      let (reply, last) = try answer(.trace(index: index))
      guard case .trace(let trace) = reply else {
        Issue.record("\(reply)")
        return
      }
      #expect(!trace.launches.isEmpty && trace.steps.map(\.rows) == [5] && !last)
      #expect(trace.complaint == nil)
      #expect(try JSONDecoder().decode(WorkerReply.self, from: server.line(of: reply)) == reply)
      // Once only.
      #expect(code(try answer(.trace(index: index)).reply) == "bad-request")
    }
    let finish = try answer(.finish)
    guard case .finished(let facts) = finish.reply else {
      Issue.record("\(finish.reply)")
      return
    }
    #expect(Array(facts.keys) == ["memory.huge_page_bytes"] && finish.last)
  }

  @Test func badRequestsGoOn() {
    for line in [
      "", "nonsense", "{}", "[]", #"{"type":"dance"}"#, #"{"type":"hello"}"#,
      #"{"type":"sample","index":0}"#, #"{"type":"sample","index":0,"seed":-1}"#,
      #"{"type":"prepare","kind":"generate"}"#, #"{"type":"hello","protocol":"one"}"#,
      #"{"type":"sample","index":0,"seed":1}"#, String(repeating: "[", count: 5000),
      "{\"type\":\"hello\u{0}\"}",
    ] {
      let (reply, last) = server.answer(line)
      #expect(code(reply) == "bad-request", "\(line.prefix(60))")
      #expect(!last)
    }
  }

  @Test func anotherProtocolEndsIt() throws {
    let (reply, last) = try answer(.hello(protocol: 99))
    #expect(code(reply) == "protocol" && last)
  }

  @Test func failuresHaveCodes() throws {
    let folder = TestCache.directory + "-files"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let damaged = folder + "/damaged.gguf"
    try Data("GGUF\u{3}\u{0}\u{0}\u{0}".utf8).write(to: URL(fileURLWithPath: damaged))
    try Data().write(to: URL(fileURLWithPath: folder + "/empty.gguf"))
    func file(_ path: String) throws -> String? {
      code(
        try prepare([
          "model.path": .string(path), "model.synth.shape": "", "workload.prompt_tokens": 1,
        ]))
    }
    #expect(try file(folder + "/absent.gguf") == "bad-model")
    #expect(try file(damaged) == "bad-model")
    #expect(try file(folder + "/empty.gguf") == "bad-model")
    #expect(try file(folder) == "bad-model")
    #expect(code(try prepare([:], kind: "train")) == "unsupported")
    #expect(code(try prepare(["workload.prompt_tokens": 3000])) == "unsupported")
    #expect(code(try prepare(["workload.prompt_tokens": "many"])) == "bad-configuration")
    #expect(code(try prepare(["workload.tokens": 1])) == "bad-configuration")
    #expect(
      code(try prepare(["workload.prompt_tokens": 1, "kv.page_tokens": 17])) == "bad-configuration")
    #expect(
      code(try prepare(["workload.prompt_tokens": 1, "engine.isa": "mmx"])) == "bad-configuration")
    #expect(
      code(try prepare(["workload.prompt_tokens": 1, "model.synth.shape": "gpt-9"]))
        == "bad-configuration")
  }

  /// After a failed prepare nothing is sampled, least of all what was prepared before.
  @Test func aFailedPrepareLeavesNothing() throws {
    #expect(code(try prepare(["workload.prompt_tokens": 2])) == nil)
    #expect(code(try prepare(["workload.prompt_tokens": 3000])) == "unsupported")
    #expect(code(try answer(.sample(index: 0, seed: 1)).reply) == "bad-request")
    #expect(code(try prepare(["workload.prompt_tokens": 3])) == nil)
    guard case .sample(let observation) = try answer(.sample(index: 0, seed: 1)).reply else {
      Issue.record("not sampled")
      return
    }
    #expect(observation.promptTokens == 3)
  }

  /// JSON has no NaN: the harness must get an error rather than wait for a line that never comes.
  @Test func aReplyThatJSONCannotHoldIsAnError() throws {
    var observation = Observation(startNs: 0, endNs: 1)
    observation.referenceError = .nan
    let line = server.line(of: .sample(observation))
    #expect(code(try JSONDecoder().decode(WorkerReply.self, from: line)) == "failed")
  }
}
