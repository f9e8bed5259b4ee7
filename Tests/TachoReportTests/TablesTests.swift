// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

@Suite struct TablesTests {
  private let results = TablesFixtures.results

  @Test func terminalTable() {
    let expected = """
      decode (generate)
      suite spine, 2026-11-21T09:00:00.000Z, box

      weights.format  engine.threads  decode tok/s  latency/ttft ms  n  status
      --------------  --------------  ------------  ---------------  -  \
      -------------------------------------------------------------------------------------
      q4_0 *          1                 21.0 ± 1.0   12.521 ± 0.001  5
      q4_0 *          2                 40.0 ± 1.5                –  5
      q8_0            1                      12.00            12.51  1
      q8_0 *          2                          –                –     \
      crashed: SIGILL: the kernel 'avx512 | vnni' is not for this CPU, use engine.isa: avx2

      * synthetic model: random weights in a real model's shape, for speed only
      – latency/ttft: no request was made (1 point)
      also measured: sample/seconds

      """
    #expect(TerminalTable.render(results, TableOptions()) == expected)
    #expect(TerminalTable.render(ResultSet(sweeps: []), TableOptions()) == "no results\n")
  }

  @Test func narrowTerminal() {
    let text = TerminalTable.render(results, TableOptions(width: 70))
    #expect(text.contains("not shown for lack of width: latency/ttft ms"))
    #expect(text.contains("crashed: SIGILL: the…"))
    for width in [1, 20, 40, 70, 100] {
      let lines = TerminalTable.render(results, TableOptions(width: width))
        .split(separator: "\n", omittingEmptySubsequences: false).prefix(9)
      for line in lines { #expect(DisplayWidth.of(String(line)) <= width, "\(width): \(line)") }
    }
  }

  @Test func wideCharactersAlign() {
    #expect(DisplayWidth.of("日本語") == 6)
    #expect(DisplayWidth.of("e\u{301}") == 1)
    #expect(DisplayWidth.of("🚀") == 2)
    #expect(DisplayWidth.of("±µ–") == 3)
    #expect(DisplayWidth.cut("日本語です", to: 5) == "日本…")
    #expect(DisplayWidth.cut("abc", to: 3) == "abc")
    #expect(DisplayWidth.cut("abcd", to: 0) == "")
    #expect(DisplayWidth.oneLine("a\u{1B}[31mb\nc\td") == "a [31mb c d")
  }

  @Test func markdownTable() {
    let expected = """
      ### decode (generate)

      suite spine, 2026-11-21T09:00:00.000Z, box

      | weights.format | engine.threads | decode tok/s | latency/ttft ms | n | status |
      | --- | --- | ---: | ---: | ---: | --- |
      | q4\\_0 \\* | 1 | 21.0 ± 1.0 | 12.521 ± 0.001 | 5 |  |
      | q4\\_0 \\* | 2 | 40.0 ± 1.5 | – | 5 |  |
      | q8\\_0 | 1 | 12.00 | 12.51 | 1 |  |
      | q8\\_0 \\* | 2 | – | – |  | crashed: SIGILL: the kernel 'avx512 \\| vnni' is not for this CPU, \
      use engine.isa: avx2 |

      \\* synthetic model: random weights in a real model's shape, for speed only\u{20}\u{20}
      – latency/ttft: no request was made (1 point)\u{20}\u{20}
      also measured: sample/seconds\u{20}\u{20}

      """
    #expect(MarkdownTable.render(results, TableOptions()) == expected)
    #expect(MarkdownTable.escaped("<b>|`&") == "&lt;b&gt;\\|\\`&amp;")
  }

  @Test func unitsAreScaledPerColumn() throws {
    let bytes = TableNumber(unit: .bytesPerSecond, values: [2.5e10, 1e9, 3.1e10])
    #expect(bytes.symbol == "GB/s")
    #expect(TableNumber(unit: .seconds, values: [0.0031]).symbol == "ms")
    #expect(TableNumber(unit: .seconds, values: [1]).symbol == "s")
    #expect(TableNumber(unit: .flopsPerSecond, values: [3e12]).symbol == "TFLOP/s")
    #expect(TableNumber(unit: .count, values: []).symbol == "")
    #expect(TableNumber(unit: .bytes, values: [0, 5_000_000]).symbol == "MiB")
  }

  @Test func csvIsQuotedAsInRFC4180() throws {
    #expect(CSVText.quoted("plain") == "plain")
    #expect(CSVText.quoted("a,b") == "\"a,b\"")
    #expect(CSVText.quoted("say \"hi\"") == "\"say \"\"hi\"\"\"")
    #expect(CSVText.quoted("two\r\nlines") == "\"two\r\nlines\"")
    #expect(CSVText.quoted(" padded") == "\" padded\"")
    #expect(CSVText.number(0.1) == "0.1")
    #expect(CSVText.number(.nan) == "")
    #expect(CSVText.number(12) == "12")
  }

  @Test func flatCSV() throws {
    let rows = try CSVReading.rows(FlatCSV.render(results, TableOptions()))
    let header = try #require(rows.first)
    #expect(rows.allSatisfy { $0.count == header.count })
    // Three points with three metrics each, and the crashed one.
    #expect(rows.count == 1 + 9 + 1)
    func field(_ row: Int, _ name: String) throws -> String {
      rows[row][try #require(header.firstIndex(of: name))]
    }
    #expect(try field(2, "metric") == "decode/tokens-per-second")
    #expect(try field(2, "n") == "5")
    #expect(try field(2, "median") == "21")
    #expect(try field(2, "ci_low") == "20")
    #expect(try field(2, "ci_high") == "22")
    #expect(try field(2, "mean") == "20.8")
    #expect(try field(2, "weights.format") == "q4_0")
    #expect(try field(2, "synthetic") == "true")
    #expect(try field(6, "median") == "")
    #expect(try field(6, "unavailable") == "no request was made")
    #expect(try field(10, "status") == "crashed")
    #expect(try field(10, "reason").hasSuffix("\nuse engine.isa: avx2"))
  }

  @Test func csvTreeIsWrittenAndConsistent() throws {
    let parent = FileManager.default.temporaryDirectory
      .appendingPathComponent("tacho-csv-\(UUID().uuidString)").path
    let directory = parent + "/deeper"
    defer { try? FileManager.default.removeItem(atPath: parent) }
    try CSVTree.export(results, to: directory)
    let names = [
      "README.txt", "builds.csv", "counters.csv", "events.csv", "kernel_counters.csv",
      "launches.csv", "machines.csv", "measurements.csv", "points.csv", "requests.csv", "runs.csv",
      "samples.csv",
      "steps.csv", "sweeps.csv",
    ]
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory).sorted() == names)
    var counts: [String: Int] = [:]
    for name in names.dropFirst() {
      let text = try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
      let rows = try CSVReading.rows(text)
      #expect(rows.allSatisfy { $0.count == rows[0].count }, "\(name)")
      counts[name] = rows.count - 1
    }
    #expect(
      counts == [
        "builds.csv": 1, "counters.csv": 0, "events.csv": 1, "kernel_counters.csv": 0,
        "launches.csv": 0, "machines.csv": 1, "steps.csv": 0,
        "measurements.csv": 42, "points.csv": 4, "requests.csv": 0, "runs.csv": 5,
        "samples.csv": 14, "sweeps.csv": 1,
      ])
    #expect(throws: CSVTreeError.self) { try CSVTree.export(results, to: "/dev/null/nowhere") }
  }

  /// One event on a thread and in total, one without a value, and one inside launches.
  @Test func countersAreExported() throws {
    var results = self.results
    let count = CounterCount(raw: 10, enabledNs: 100, runningNs: 50)
    results.sweeps[0].runs[0].samples[0].observation.counters = [
      CounterReading(
        event: "page-faults", quantity: .pageFaults, scope: .user, group: 0, total: count,
        threads: [.init(thread: 7, count: count)]),
      CounterReading(event: "cycles", quantity: .cycles, total: .unavailable("no, none")),
    ]
    results.sweeps[0].runs[0].samples[0].observation.kernelCounters = [
      KernelCounterReading(
        op: "gemv", launches: 3, event: "page-faults", scope: .user, group: 0, count: count)
    ]
    let files = Dictionary(CSVTree.files(of: results).map { ($0.name, $0.content) }) { $1 }
    let rows = try CSVReading.rows(try #require(files["counters.csv"]))
    #expect(
      rows.map { Array($0.dropFirst(3)) } == [
        [
          "thread", "event", "quantity", "scope", "group", "raw", "enabled_ns", "running_ns",
          "value", "validity", "unavailable",
        ],
        ["-1", "page-faults", "page-faults", "user", "0", "10", "100", "50", "20", "scaled", ""],
        ["7", "page-faults", "page-faults", "user", "0", "10", "100", "50", "20", "scaled", ""],
        ["-1", "cycles", "cycles", "", "", "", "", "", "", "unavailable", "no, none"],
      ])
    let launches = try CSVReading.rows(try #require(files["kernel_counters.csv"]))
    #expect(
      launches[1].dropFirst(3) == [
        "gemv", "3", "page-faults", "user", "0", "10", "100", "50", "20", "scaled", "",
      ])
    let value = try JSONDecoder().decode(
      ConfigurationValue.self,
      from: Data(try JSONExport.render(results, TableOptions()).utf8))
    let sample = try #require(value["sweeps"]?[0]?["points"]?[0]?["runs"]?[0]?["samples"]?[0])
    #expect(sample["counters"]?[0]?["value"] == 20 && sample["counters"]?[0]?["group"] == 0)
    #expect(sample["counters"]?[0]?["threads"]?[0]?["thread"] == 7)
    #expect(sample["counters"]?[1]?["value"] == .null)
    #expect(sample["counters"]?[1]?["unavailable"] == "no, none")
    #expect(sample["kernel_counters"]?[0]?["launches"] == 3)
  }

  @Test func jsonExport() throws {
    let text = try JSONExport.render(results, TableOptions())
    let value = try JSONDecoder().decode(ConfigurationValue.self, from: Data(text.utf8))
    #expect(value["schema"] == "tacho-results")
    #expect(value["version"] == 1)
    let points = try #require(value["sweeps"]?[0]?["points"])
    let rate = try #require(points[0]?["metrics"]?["decode/tokens-per-second"])
    #expect(rate["median"] == 21)
    #expect(rate["ci_low"] == 20)
    #expect(rate["unit"] == "tokensPerSecond")
    #expect(points[1]?["metrics"]?["latency/ttft"]?["median"] == .null)
    #expect(points[1]?["metrics"]?["latency/ttft"]?["unavailable"] == "no request was made")
    #expect(points[1]?["runs"]?[0]?["samples"]?[1]?["values"]?["decode/tokens-per-second"] == 38)
    // A resumed point shows its last run, not the interrupted one.
    #expect(points[2]?["status"] == "completed")
    #expect(points[3]?["status"] == "crashed")
    #expect(points[3]?["configuration"]?["engine.threads"] == 2)
  }

  @Test func formatsAreFoundByName() {
    #expect(TableFormats.all.map { $0.name } == ["terminal", "markdown", "csv", "json"])
    #expect(TableFormats.named("csv") != nil)
    #expect(TableFormats.named("xml") == nil)
  }
}

extension ConfigurationValue {
  subscript(key: String) -> ConfigurationValue? {
    if case .object(let members) = self { return members[key] }
    return nil
  }

  subscript(index: Int) -> ConfigurationValue? {
    if case .array(let values) = self, values.indices.contains(index) { return values[index] }
    return nil
  }
}
