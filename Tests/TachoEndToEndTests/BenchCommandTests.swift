// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

extension EndToEnd {
  /// What scripts made for llama-bench rely on.
  @Suite struct BenchCommandTests {
    let place: Workplace

    init() throws {
      place = try Workplace()
      try place.expect("model", "synth", "--shape", "tiny-llama", "--format", "q4_0", "m.gguf")
    }

    private struct Row: Decodable {
      let modelFilename: String
      let modelType: String
      let modelSize: Int
      let modelNParams: Int
      let nThreads: Int
      let nPrompt: Int
      let nGen: Int
      let nDepth: Int
      let avgNs: Double
      let stddevNs: Double
      let avgTs: Double
      let stddevTs: Double
      let samplesNs: [Double]
      let samplesTs: [Double]
    }

    private func rows(_ text: String) throws -> [Row] {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode([Row].self, from: Data(text.utf8))
    }

    @Test func jsonHasEveryTestAtEverySetting() throws {
      let text = try place.expect(
        "bench", "-m", "m.gguf", "-p", "16", "-n", "4", "-d", "0,32", "-t", "1,2", "-r", "2",
        "-o", "json")
      let rows = try rows(text)
      // In the order asked for, whatever order they were measured in.
      #expect(
        rows.map { [$0.nPrompt, $0.nGen, $0.nDepth, $0.nThreads] } == [
          [16, 0, 0, 1], [16, 0, 0, 2], [16, 0, 32, 1], [16, 0, 32, 2],
          [0, 4, 0, 1], [0, 4, 0, 2], [0, 4, 32, 1], [0, 4, 32, 2],
        ])
      for row in rows {
        #expect(row.modelFilename == "m.gguf" && row.modelType.contains("Q4_0 (synthetic)"))
        #expect(row.modelNParams > 1_000_000 && row.modelSize > 500_000)
        #expect(row.samplesNs.count == 2 && row.samplesTs.count == 2)
        let tokens = Double(row.nPrompt + row.nGen)
        for (ns, rate) in zip(row.samplesNs, row.samplesTs) {
          #expect(abs(tokens / ns * 1e9 / rate - 1) < 1e-3)
        }
        let mean = row.samplesTs.reduce(0, +) / 2
        #expect(abs(row.avgTs / mean - 1) < 1e-3 && row.stddevTs >= 0 && row.stddevNs >= 0)
        #expect(abs(row.avgNs - row.samplesNs.reduce(0, +) / 2) <= 1)
      }
      #expect(try place.sweep("tacho-results/tacho.sqlite").runs.count == 8)
    }

    @Test func otherFormatsHoldTheSameFields() throws {
      let run = ["bench", "-m", "m.gguf", "-p", "16", "-n", "4", "-r", "1", "-o"]
      func output(_ format: String) throws -> String {
        let result = try place.start(run + [format]).result()
        try #require(result.code == 0, "\(format): \(result)")
        return result.output
      }
      let lines = try output("jsonl").split(separator: "\n")
      #expect(lines.count == 2)
      let fields = try lines.map {
        try #require(
          try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
      let names = Set(fields[0].keys).subtracting(["samples_ns", "samples_ts"])
      #expect(names.isSuperset(of: ["n_prompt", "n_gen", "n_depth", "avg_ts", "test_time"]))

      let csv = try output("csv").split(separator: "\n")
      #expect(csv.count == 3 && Set(csv[0].split(separator: ",").map(String.init)) == names)
      for row in csv.dropFirst() {
        #expect(row.components(separatedBy: "\",\"").count == names.count, "\(row)")
      }

      let table = try output("md").split(separator: "\n")
      let cells = table.prefix(4).map { $0.split(separator: "|").count }
      #expect(table.count == 5 && Set(cells).count == 1, "\(table)")
      #expect(table[2].contains(" pp16 |") && table[3].contains(" tg4 |") && table[3].contains("±"))

      let sql = try output("sql")
      #expect(sql.contains("CREATE TABLE IF NOT EXISTS llama_bench ("))
      #expect(sql.components(separatedBy: "INSERT INTO llama_bench").count == 3)
      for name in names { #expect(sql.contains("  \(name) "), "\(name)") }
    }

    @Test func oneBadModelDoesNotStopTheOthers() throws {
      let result = try place.tacho(
        "bench", "-m", "gone.gguf", "m.gguf", "-p", "16", "-n", "0", "-r", "1", "-o", "json")
      #expect(result.code == 1 && result.errors.contains("gone.gguf: no such file"), "\(result)")
      #expect(try rows(result.output).map(\.modelFilename) == ["m.gguf"])
    }

    @Test func nothingMeasuredIsNoSuccess() throws {
      for arguments in [["-m", "gone.gguf"], ["-m", "m.gguf", "-d", "5000"]] {
        let result = try place.start(
          ["bench", "-p", "16", "-n", "0", "-r", "1", "-o", "json"] + arguments
        ).result()
        #expect(result.code == 1 && !result.errors.isEmpty, "\(arguments): \(result)")
        #expect(try rows(result.output).isEmpty)
      }
      let typo = try place.tacho("bench", "-m", "synth:tiny-lama:q4_0", "-p", "16")
      #expect(typo.code == 2 && typo.errors.contains("Did you mean 'tiny-llama'"), "\(typo)")
    }
  }
}
