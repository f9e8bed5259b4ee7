// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import Testing

@testable import TachoReport

/// What the two sides' launches came to, in the unit of what was compared.
@Suite struct GateValuesTests {
  private func result() throws -> GateResult {
    var result = GateFixture.pass(2)
    let metric = try #require(MetricRules.metric(id: "decode/tokens-per-second"))
    result.record.members.append(
      GateMember(
        id: "p0/rate", name: "decode q8_0, decode/tokens-per-second", role: .metric,
        series: ["s-p0"], statistic: "median", margins: .points, metric: GateMetric(metric)))
    result.decisions.append(
      GateDecision(
        memberID: "p0/rate", verdict: .fail, pairs: 22, failEvidence: 10.4, failThreshold: 10.3,
        shift: log(100.0 / 95), low: 0.04, high: 0.06, base: 100, candidate: 95,
        reason: "worse than the tolerated 1%"))
    result.decisions[0].base = 0.0124
    result.decisions[0].candidate = 0.0129
    return result
  }

  @Test func tablesShowThemInTheirUnits() throws {
    let result = try result()
    var context = GateFixture.context
    context.width = nil
    let table = GateTable.render(result, context)
    #expect(table.contains("100.0 tok/s -> 95.00 tok/s"), "\(table)")
    #expect(table.contains("12.40 ms -> 12.90 ms"), "\(table)")
    #expect(table.contains("decode/tokens-per-second (metric)"), "\(table)")
    let markdown = GateMarkdown.render(result, context)
    #expect(markdown.contains("100.0 tok/s → 95.00 tok/s"), "\(markdown)")
    let html = HTMLReport(results: ResultSet(sweeps: []), title: "t", gates: [result]).render()
    #expect(html.contains("Metrics of points"))
  }

  @Test func withoutValuesThereIsNoColumn() {
    var context = GateFixture.context
    context.width = nil
    #expect(!GateTable.render(GateFixture.pass(), context).contains("values"))
  }
}
