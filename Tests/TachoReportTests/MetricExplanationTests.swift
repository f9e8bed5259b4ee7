// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

@Suite struct MetricExplanationTests {
  @Test func everyMetricIsExplained() throws {
    let all = MetricExplanation.all
    #expect(Set(all.map(\.metric.id)).count == all.count)
    for id in ["latency/tpot", "serve/ttft/p99", LimitFraction.kernelPeak.metric.id] {
      #expect(try MetricExplanation(id: id).metric.id == id)
    }
    for explanation in all {
      let text = explanation.text(width: 80)
      for line in text.split(separator: "\n") {
        #expect(line.count <= 80 || !line.dropFirst(12).contains(" "), "\(line)")
      }
      // Nothing of the definition is lost by taking it apart.
      let parts = (explanation.formula + explanation.nullRules).joined(separator: " ")
      #expect(
        parts.filter { $0 != " " && $0 != "." }.sorted()
          == explanation.metric.definition.filter { $0 != " " && $0 != "." }.sorted(),
        "\(explanation.metric.id)")
      #expect(!explanation.formula.isEmpty, "\(explanation.metric.id)")
    }
  }

  @Test func textShowsNullRulesAndPeers() throws {
    let expected = """
      latency/tpot
        unit      seconds
        better    lower
        version   1
        means     Time from the first to the last emission over the tokens after the
                  first emission: (t_n - t_1) / (n_out - k_1).
        no value  Null when no token came after the first emission.
      """
    let text = try MetricExplanation(id: "latency/tpot").text(width: 80)
    #expect(text.hasPrefix(expected))
    #expect(text.contains("\n  peers     vLLM bench, MLPerf, InferenceX: over n_out - 1"))
  }

  /// What a statistic over requests is compared with is what its quantity is compared with.
  @Test func distributionsNamePeersToo() throws {
    let json = try MetricExplanation(id: "serve/tpot/p99").json
    #expect(json["better"] == "lower" && json["unit"] == "seconds")
    #expect(json["peers"] == (try MetricExplanation(id: "latency/tpot").json)["peers"])
    #expect(json["null"]?[0] == "Null when none has, or for fewer than 100 values.")
  }

  @Test func unknownMetricsAreNamed() {
    #expect(throws: CatalogError.self) { try MetricExplanation(id: "latency/tpott") }
  }

  @Test func requestsAreExported() throws {
    var first = RequestRecord()
    first.scheduledNs = 0
    first.sentNs = 500_000_000
    first.emissionNs = [2_000_000_000, 3_000_000_000]
    first.doneNs = 4_000_000_000
    first.promptTokens = 8
    var second = RequestRecord()
    second.failure = "no room, \"sorry\""
    var results = TablesFixtures.results
    results.sweeps[0].runs[0].samples[0].observation.requests = [first, second]
    let files = CSVTree.files(of: results)
    let csv = try #require(files.first { $0.name == "requests.csv" })
    let rows = try CSVReading.rows(csv.content)
    #expect(rows.count == 3)
    func field(_ row: Int, _ name: String) throws -> String {
      rows[row][try #require(rows[0].firstIndex(of: name))]
    }
    #expect(try Double(field(1, "latency/ttft")) == 2 && Double(field(1, "latency/tpot")) == 1)
    #expect(try field(1, "latency/e2el-send") == "3.5" && field(1, "prompt_tokens") == "8")
    #expect(try field(1, "latency/queue") == "" && field(2, "latency/ttft") == "")
    #expect(try field(2, "failure") == "no room, \"sorry\"")
    let sample = JSONExport.requests(results.sweeps[0].runs[0].samples[0].observation)
    #expect(sample[0]?["values"]?["latency/ttft"] == 2.0)
    #expect(sample[0]?["emission_ns"]?[1] == 3_000_000_000)
    #expect(
      sample[0]?["unavailable"]?["latency/queue"] == "the worker did not report admittedNs")
    #expect(sample[1]?["failure"] == "no room, \"sorry\"")
    #expect(JSONExport.requests(results.sweeps[0].runs[0].samples[1].observation) == .null)
  }
}
