// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import TachoReport
import Testing

/// What if, as the terminal, the report and the JSON show it.
@Suite struct WhatIfReportTests {
  /// The traced run declares 2000 bytes of weights a pass, and the sweep read 10 bytes a nanosecond: the
  /// matmul of about 600 ns could take 200.
  private static var results: ResultSet {
    var results = TraceFormatTests.results
    let work = OperationWork(
      op: "mat;mul", launches: 1, weightBytes: 2000, flopsPerRow: 0, arithmetic: "f32")
    for index in results.sweeps[0].runs.indices {
      results.sweeps[0].runs[index].record.facts[OperationWork.fact] = OperationWork.value([work])
      results.sweeps[0].runs[index].record.facts["engine.threads"] = 2
    }
    results.sweeps[0].runs.append(
      ReportFixture.run(
        order: 9, benchmark: "read", kind: "kernel",
        axes: [("kernel.op", "read"), ("engine.threads", 2)],
        values: [(KernelBytesPerSecond.metric, [.value(10e9), .value(10e9)])]))
    return results
  }

  @Test func terminalReportAndJSON() throws {
    let results = Self.results
    let text = try WaterfallText.text(of: TracedSample.all(of: results))
    #expect(text.contains("at its roofline, 0.2 us instead of 0.6 us"), "\(text)")
    #expect(text.contains("what if, at most:") && text.contains("all of these"), "\(text)")
    let html = HTMLReport(results: results, title: "t").render()
    #expect(html.contains("What if: with every part below at its best"))
    #expect(html.contains("at its roofline"))
    let json = try JSONDecoder().decode(
      ConfigurationValue.self,
      from: Data(try JSONExport.render(results, TableOptions()).utf8))
    let steps = Self.members("steps", in: json)
    let parts = Self.members("parts", in: steps.first ?? .null)
    func part(_ name: String) -> [String: ConfigurationValue] {
      for case .object(let part) in parts where part["name"]?.stringValue == name { return part }
      return [:]
    }
    #expect(part("mat;mul")["best_ns"]?.doubleValue == 200, "\(steps)")
    #expect((part("mat;mul")["gain"]?.doubleValue ?? 0) > 0.3)
    #expect(part("not accounted for")["unavailable"]?.stringValue?.isEmpty == false)
    #expect(part("not accounted for")["gain"] == .null)
  }

  /// Without limits nothing is predicted of kernels, and the reason stands there.
  @Test func withoutLimits() throws {
    var results = Self.results
    results.sweeps[0].runs.removeLast()
    let text = try WaterfallText.text(of: TracedSample.all(of: results))
    #expect(text.contains("no prediction for mat;mul: no read benchmark with 2 threads"), "\(text)")
    #expect(!text.contains("at its roofline"))
  }

  /// Every list of that name, at any depth, in one.
  private static func members(
    _ name: String, in value: ConfigurationValue
  ) -> [ConfigurationValue] {
    switch value {
    case .array(let values): return values.flatMap { members(name, in: $0) }
    case .object(let values):
      return values.flatMap { key, value -> [ConfigurationValue] in
        if key == name, case .array(let list) = value { return list }
        return members(name, in: value)
      }
    default: return []
    }
  }
}
