// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoWorkloads

/// What llama-bench is asked and what it prints, against recordings of two real ones.
@Suite struct LlamaBenchFormatTests {
  static func golden(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourcePath)
    return try String(contentsOfFile: "\(folder)/Golden/\(name)", encoding: .utf8)
  }

  @Test func recordedResults() throws {
    let plain = try LlamaBenchResult(Self.golden("llama.cpp.json"))
    #expect(plain.test == .init(prompt: 0, output: 8, depth: 32, threads: 2))
    #expect(plain.samplesNs == [16_239_763_042, 3_936_851_712])
    #expect(plain.version == "0c1e570 (1)")
    #expect(plain.fields["model_type"] == "llama 1B Q4_0" && plain.fields["repack"] == true)
    #expect(plain.fields["avg_ns"] == nil && plain.fields["samples_ns"] == nil)
    let fork = try LlamaBenchResult(Self.golden("ik_llama.cpp.json"))
    // It has no n_depth: its prompt before the generation is the depth.
    #expect(fork.test == .init(prompt: 32, output: 8, depth: 0, threads: 2))
    #expect(fork.samplesNs == [421_706_074, 425_196_984] && fork.version == "unknown (0)")
  }

  @Test func damagedResultsSayWhatIsWrong() throws {
    let good = try Self.golden("llama.cpp.json")
    let cases: [(String, says: String)] = [
      ("", "no JSON"), ("[", "no JSON"), ("{}", "no JSON"), ("[]", "measured 0 tests"),
      ("[{},{}]", "measured 2 tests"), ("[{}]", "'n_prompt'"),
      (good.replacing("\"n_threads\": 2", with: "\"n_threads\": -2"), "'n_threads'"),
      (good.replacing("\"n_gen\": 8", with: "\"n_gen\": 8.5"), "'n_gen'"),
      (good.replacing("\"n_depth\": 32", with: "\"n_depth\": \"32\""), "'n_depth'"),
      (good.replacing("\"samples_ns\"", with: "\"samples\""), "'samples_ns'"),
      (good.replacing("3936851712", with: "0"), "'samples_ns'"),
      (good.replacing("3936851712", with: "\"fast\""), "'samples_ns'"),
      (good.replacing("[ 16239763042, 3936851712 ]", with: "[]"), "'samples_ns'"),
    ]
    for (text, says) in cases {
      do {
        _ = try LlamaBenchResult(text)
        Issue.record("taken: \(text.prefix(80))")
      } catch let error as WorkloadError {
        #expect(error.code == .failed && error.message.contains(says), "\(error)")
      }
    }
    // Any prefix of a result is refused, not misread.
    let bytes = Array(good.trimmingCharacters(in: .whitespacesAndNewlines).utf8)
    for length in stride(from: 0, to: bytes.count, by: 7) {
      #expect(throws: WorkloadError.self) {
        try LlamaBenchResult(String(decoding: bytes[..<length], as: UTF8.self))
      }
    }
  }

  @Test func optionsFromTheHelp() throws {
    let plain = try #require(LlamaBenchOptions(help: try Self.golden("llama.cpp.help")))
    let fork = try #require(LlamaBenchOptions(help: try Self.golden("ik_llama.cpp.help")))
    #expect(plain.has("-d") && plain.has("--n-depth") && !plain.has("-gp"))
    #expect(!fork.has("-d") && fork.has("-gp") && fork.has("-rtr"))
    // Words in the middle of a line are no options.
    #expect(LlamaBenchOptions(help: "usage: x -m -p -n -r -o -t") == nil)
    #expect(LlamaBenchOptions(help: "") == nil)
  }

  private func arguments(
    _ settings: [String: ConfigurationValue], help: String
  ) throws -> LlamaBenchArguments {
    let configuration = Configuration(["engine.threads": 2]).merging(Configuration(settings))
    let options = try #require(LlamaBenchOptions(help: try Self.golden(help)))
    return try LlamaBenchArguments(
      Settings(configuration, knobs: GenerateWorkload.knobs), configuration, model: "m.gguf",
      options: options)
  }

  @Test func settingsBecomeArguments() throws {
    let plain = "llama.cpp.help"
    let fork = "ik_llama.cpp.help"
    let p = "workload.prompt_tokens"
    let n = "workload.output_tokens"
    let d = "workload.depth"
    let cases: [([String: ConfigurationValue], String, String)] = [
      ([p: 512], plain, "-r 1 -t 2 -p 512 -n 0"),
      ([n: 32], fork, "-r 1 -t 2 -p 0 -n 32"),
      ([p: 16, n: 4], fork, "-r 1 -t 2 -p 0 -n 0 -pg 16,4"),
      ([n: 32, d: 2048], plain, "-r 1 -t 2 -p 0 -n 32 -d 2048"),
      ([p: 16, d: 8], plain, "-r 1 -t 2 -p 16 -n 0 -d 8"),
      ([n: 32, d: 2048], fork, "-r 1 -t 2 -p 0 -n 0 -gp 2048,32"),
      (
        [p: 64, "engine.batch_rows": 256, "kv.format": "f32", "worker.repetitions": 3], plain,
        "-r 3 -t 2 -p 64 -n 0 -ub 256 -b 2048 -ctk f32 -ctv f32"
      ),
      (
        [p: 64, "kv.format": "auto", "worker.arguments": " -rtr 1  -fa 0"], fork,
        "-r 1 -t 2 -p 64 -n 0 -rtr 1 -fa 0"
      ),
    ]
    for (settings, help, expected) in cases {
      let words = try arguments(settings, help: help).arguments.joined(separator: " ")
      #expect(words == "-m m.gguf -o json " + expected)
    }
    #expect(
      try arguments([n: 3, d: 9], help: fork).expected
        == .init(prompt: 9, output: 3, depth: 0, threads: 2))
    do {
      _ = try arguments([p: 16, d: 8], help: fork)
      Issue.record("a fork without -d took a prompt at a depth")
    } catch let error as WorkloadError {
      #expect(error.code == .unsupported && error.message.contains("-d"))
    }
  }

  @Test func whatLlamaBenchCannotDoIsSaidInThePlan() {
    func complaint(_ settings: [String: ConfigurationValue]) -> String? {
      GenerateWorkload.complaint(
        about: Configuration([
          "worker.kind": "llama-bench", "model.path": "m.gguf", "workload.output_tokens": 1,
        ]).merging(Configuration(settings)))
    }
    #expect(complaint([:]) == nil)
    #expect(complaint(["workload.depth": 5, "kv.format": "f16", "worker.path": "x"]) == nil)
    #expect(
      complaint(["workload.mode": "request", "workload.prompt": "hi"])?.contains("throughput")
        == true)
    #expect(complaint(["engine.isa": "avx2"])?.contains("engine.isa") == true)
    #expect(complaint(["engine.isa": "avx2", "worker.kind": "native"]) == nil)
  }
}
