// SPDX-License-Identifier: Apache-2.0
import Testing

extension EndToEnd {
  /// 0 when it worked, 2 and a message on standard error when it was asked in the wrong way.
  @Suite struct ExitCodeTests {
    let place: Workplace

    init() throws { place = try Workplace() }

    @Test(arguments: [
      ["--help"], [], ["--version"], ["help", "run"], ["run", "--help"], ["bench", "-h"],
      ["list", "knobs"], ["list", "kinds"], ["list", "metrics"], ["list", "shapes"],
      ["list", "formats"], ["list", "kernels"], ["explain"], ["explain", "latency/tpot"],
      ["explain", "--json"], ["explain", "serve/itl/p99", "--json"],
      ["list", "collectors"], ["list", "events"], ["doctor", "--watch", "0.1"],
      ["doctor", "--json", "--watch", "0.1"], ["calibrate", "--quick", "--dry-run"],
    ])
    func success(arguments: [String]) throws {
      let result = try place.start(arguments).result()
      #expect(result.code == 0 && !result.output.isEmpty && result.errors.isEmpty, "\(result)")
    }

    @Test(arguments: [
      ["frob"], ["run"], ["run", "gone.yaml"], ["bench"], ["bench", "-m", "x", "-o", "xml"],
      ["bench", "-m", "x", "-r", "0"], ["bench", "-m", "x", "-p", "0", "-n", "0"],
      ["bench", "-m", "x", "-p", "many"], ["bench", "-m", "x", "--set", "engine.thread=1"],
      ["bench", "-m", "synth:tiny-llama:q9"], ["export"], ["export", "gone.sqlite"],
      ["export", "--csv", "--json"], ["report", "gone.sqlite"], ["list", "everything"],
      ["explain", "latency/tpott"],
      ["model", "info", "gone.gguf"], ["model", "synth", "--shape", "tiny", "x.gguf"],
      ["model", "synth", "--shape", "tiny-llama", "no-such-directory/x.gguf"],
      ["model", "synth", "--shape", "tiny-llama", "--format", "q9", "x.gguf"],
      ["model", "quantize", "--format", "q4_0", "gone.gguf", "x.gguf"],
      ["generate", "-m", "gone.gguf", "-p", "x"], ["generate", "-m", "gone", "-p", "x"],
      ["generate", "-m", "x", "-p", "x", "-n", "-1"], ["tokenize", "-m", "gone.gguf"],
      ["logits", "-m", "gone.gguf", "--ids", "1", "--out", "x.npy"],
    ])
    func usage(arguments: [String]) throws {
      let result = try place.start(arguments).result()
      #expect(result.code == 2 && result.output.isEmpty, "\(result)")
      #expect(result.errors.hasPrefix("Error: "), "\(result)")
      #expect(!place.exists("x.gguf") && !place.exists("x.npy"))
    }

    @Test func aFullDiskIsAnError() throws {
      for arguments in [["list", "knobs"], ["--help"]] {
        let result = try place.start(arguments, outputPath: "/dev/full").result()
        #expect(result.code == 2, "\(result)")
        #expect(result.errors.contains("cannot write to standard output"), "\(result)")
      }
    }

    /// A worker that is talked nonsense to says so, and goes on.
    @Test func workerAnswersNonsense() throws {
      let output = try place.expect(
        "worker",
        input: """
          {"type":"hello","protocol":1}
          {"type":"sample","index":0,"seed":1}
          nonsense
          {"type":"prepare","kind":"kernel","configuration":{"kernel.op":"frob"},"recordLaunches":false}
          {"type":"finish"}

          """)
      let lines = output.split(separator: "\n")
      #expect(lines.count == 5, "\(output)")
      #expect(lines.map { $0.contains("\"type\":\"error\"") } == [false, true, true, true, false])
    }
  }
}
