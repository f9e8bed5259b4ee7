// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

@Suite struct TablesLlamaBenchTests {
  private let rows = LlamaBenchRow.rows(of: TablesFixtures.results)

  /// The field names that llama.cpp's `compare-llama-bench.py` refuses to do without.
  private let required: Set = [
    "cpu_info", "gpu_info", "backends", "n_gpu_layers", "n_cpu_moe", "tensor_buft_overrides",
    "model_filename", "model_type", "n_batch", "n_ubatch", "embeddings", "cpu_mask", "cpu_strict",
    "poll", "n_threads", "type_k", "type_v", "use_mmap", "no_kv_offload", "split_mode", "main_gpu",
    "tensor_split", "flash_attn", "n_prompt", "n_gen", "n_depth", "build_commit", "test_time",
    "avg_ts",
  ]

  @Test func rowsComeFromRuns() throws {
    #expect(rows.count == 3)
    let row = try #require(rows.first)
    #expect(row.test == "tg128 @ d2048")
    #expect(row.threads == 1)
    #expect(row.modelType == "llama 1.1B Q4_0 (synthetic)")
    #expect(row.modelSize == 637_699_456)
    #expect(row.cpuInfo == "AMD \"EPYC\", 2.5 GHz")
    #expect(row.buildCommit == "01234567")
    #expect(row.buildNumber == 42)
    #expect(row.testTime == "2026-11-21T09:00:00Z")
    #expect(row.samplesNs.count == 5)
    #expect(rows[2].modelType == "llama 1.1B Q4_0")
  }

  /// 2 samples of 1 s and 2 s: rates 100 and 50, mean 75 (not 66.7), sd 35.355 with n - 1.
  @Test func statisticsAreOfRates() {
    var row = LlamaBenchRow()
    row.promptTokens = 60
    row.outputTokens = 40
    row.samplesNs = [1_000_000_000, 2_000_000_000]
    #expect(row.test == "pp60+tg40")
    #expect(row.averageTs == 75)
    #expect(abs(row.deviationTs - 35.35533905932738) < 1e-12)
    #expect(row.averageNs == 1_500_000_000)
    #expect(row.deviationNs == 707_106_781)
    row.outputTokens = 0
    #expect(row.test == "pp60")
    row.samplesNs = [0]
    #expect(row.averageTs == 0)
    #expect(row.deviationTs == 0)
  }

  @Test func markdown() {
    let expected = """
      | model                          |       size |     params | backend    | threads |\
                  test |                  t/s |
      | ------------------------------ | ---------: | ---------: | ---------- | ------: |\
       --------------: | -------------------: |
      | llama 1.1B Q4_0 (synthetic)    | 608.16 MiB |     1.10 B | CPU        |       1 |\
         tg128 @ d2048 |         20.80 ± 0.84 |
      | llama 1.1B Q4_0 (synthetic)    | 608.16 MiB |     1.10 B | CPU        |       2 |\
         tg128 @ d2048 |         39.60 ± 1.14 |
      | llama 1.1B Q4_0                | 608.16 MiB |     1.10 B | CPU        |       1 |\
         tg128 @ d2048 |         12.00 ± 0.00 |

      build: 01234567 (42)

      """
    #expect(LlamaBenchMarkdown.render(rows) == expected)
    var other = rows[0]
    other.typeK = "f32"
    other.typeV = "f32"
    other.microbatch = 64
    #expect(LlamaBenchMarkdown.render([other]).contains("| threads | n_ubatch | type_k | type_v |"))
  }

  private let header = """
    build_commit,build_number,cpu_info,gpu_info,backends,model_filename,model_type,model_size,\
    model_n_params,n_batch,n_ubatch,n_threads,cpu_mask,cpu_strict,poll,type_k,type_v,n_gpu_layers,\
    n_cpu_moe,split_mode,main_gpu,no_kv_offload,flash_attn,devices,tensor_split,\
    tensor_buft_overrides,use_mmap,load_mode,embeddings,no_op_offload,no_host,fit_target,\
    fit_min_ctx,n_prompt,n_gen,n_depth,test_time,avg_ns,stddev_ns,avg_ts,stddev_ts
    """

  @Test func csv() throws {
    let text = LlamaBenchCSV.render(Array(rows.prefix(1)))
    let expected = """
      \(header)
      "01234567","42","AMD ""EPYC"", 2.5 GHz","","CPU","models/tiny.gguf",\
      "llama 1.1B Q4_0 (synthetic)","637699456","1100048384","2048","512","1","0x0","0","50",\
      "f16","f16","0","0","layer","0","0","0","auto","0.00","none","1","mmap","0","0","0","0","0",\
      "0","128","2048","2026-11-21T09:00:00Z","6161731601","245159583","20.800000","0.836660"

      """
    #expect(text == expected)
    #expect(try CSVReading.rows(text)[1][2] == "AMD \"EPYC\", 2.5 GHz")
    #expect(required.isSubset(of: try CSVReading.rows(text)[0]))
  }

  @Test func jsonAndJSONLines() throws {
    let array = try JSONDecoder().decode(
      [[String: ConfigurationValue]].self, from: Data(LlamaBenchJSON.render(rows).utf8))
    let lines = try LlamaBenchJSONLines.render(rows).split(separator: "\n").map {
      try JSONDecoder().decode([String: ConfigurationValue].self, from: Data($0.utf8))
    }
    #expect(array == lines)
    #expect(required.isSubset(of: Set(array[0].keys)))
    #expect(
      array[0]["samples_ns"]
        == [6_400_000_000, 6_095_238_095, 5_818_181_818, 6_095_238_095, 6_400_000_000])
    #expect(array[0]["samples_ts"] == [20, 21, 22, 21, 20])
    #expect(array[0]["use_mmap"] == true)
    #expect(array[0]["n_gpu_layers"] == 0)
    #expect(array[0]["avg_ts"]?.doubleValue == 20.8)
    #expect(LlamaBenchJSON.render([]) == "[\n]\n")
    #expect(LlamaBenchJSON.render(rows).hasPrefix("[\n  {\n    \"build_commit\": \"01234567\",\n"))
  }

  @Test func sql() {
    var row = rows[0]
    row.modelFilename = "it's; DROP TABLE llama_bench;--.gguf"
    let text = LlamaBenchSQL.render([row])
    #expect(text.hasPrefix("CREATE TABLE IF NOT EXISTS llama_bench (\n  build_commit TEXT,\n"))
    #expect(text.contains("  n_threads INTEGER,\n"))
    #expect(text.contains("  stddev_ts REAL\n);\n\nINSERT INTO llama_bench (build_commit, "))
    #expect(text.contains("'it''s; DROP TABLE llama_bench;--.gguf'"))
    #expect(text.hasSuffix("'20.800000', '0.836660');\n"))
  }

  /// Requests are measured with sampling and tokenising: not what llama-bench's figures mean.
  @Test func requestsAreLeftOut() {
    var results = TablesFixtures.results
    results.sweeps[0].runs[0].record.point.configuration["workload.mode"] = "request"
    #expect(LlamaBenchRow.rows(of: results).count == 2)
    #expect(LlamaBenchFormats.all.map { $0.name } == ["md", "csv", "json", "jsonl", "sql"])
  }
}
