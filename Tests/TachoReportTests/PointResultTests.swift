// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

@Suite("One way to pool a point's runs")
struct PointResultTests {
  private func run(
    _ id: String, launch: Int = 0, order: Int, planIndex: Int = 0, threads: Int = 1,
    status: RunStatus, rates: [Double], warmups: Int = 0
  ) -> ResultSet.Run {
    var run = ReportFixture.run(
      order: order, axes: [("engine.threads", .int(threads))],
      values: [(ReportFixture.decode, rates.map { .value($0) })], warmups: warmups, status: status,
      reason: id)
    run.record.id = id
    run.record.launch = launch
    run.record.planIndex = planIndex
    return run
  }

  private func points(_ runs: [ResultSet.Run]) -> [PointResult] {
    PointResult.all(in: ReportFixture.sweep(runs: runs))
  }

  @Test("A resumed launch keeps the samples of the run it continues, and its own ending")
  func resumed() throws {
    let point = try #require(
      points([
        run("a", order: 0, status: .interrupted, rates: [10, 11, 12], warmups: 1),
        run("b", order: 1, status: .completed, rates: [13]),
      ]).first)
    #expect(point.status == .completed)
    #expect(point.reason == "b")
    #expect(point.readings(of: ReportFixture.decode.id)?.launches == [[11, 12], [13]])
  }

  @Test("An interrupted launch that nobody resumed is interrupted; one without samples leaves none")
  func interrupted() throws {
    let alone = try #require(points([run("a", order: 0, status: .interrupted, rates: [10])]).first)
    #expect(alone.status == .interrupted)
    let empty = try #require(
      points([
        run("a", order: 0, status: .interrupted, rates: [5], warmups: 1),
        run("b", order: 1, status: .completed, rates: [10]),
      ]).first)
    #expect(empty.runs.map(\.record.id) == ["b"])
  }

  @Test("A run that failed and was tried again gives neither samples nor status")
  func retried() throws {
    let point = try #require(
      points([
        run("a", order: 0, status: .interrupted, rates: [99]),
        run("b", order: 1, status: .crashed, rates: [98]),
        run("c", order: 2, status: .completed, rates: [10]),
      ]).first)
    #expect(point.status == .completed)
    #expect(point.readings(of: ReportFixture.decode.id)?.launches == [[10]])
  }

  @Test("One failed launch of several fails the point; the others' samples stay")
  func launches() throws {
    let point = try #require(
      points([
        run("b", launch: 1, order: 0, status: .crashed, rates: []),
        run("a", launch: 0, order: 1, status: .completed, rates: [10, 11]),
      ]).first)
    #expect(point.status == .crashed)
    #expect(point.reason == "b")
    #expect(point.readings(of: ReportFixture.decode.id)?.launches == [[10, 11], []])
  }

  @Test("Points and benchmarks come in the plan's order, whatever order they were measured in")
  func planOrder() {
    var runs = [
      run("c", order: 0, planIndex: 2, threads: 4, status: .completed, rates: [1]),
      run("a", order: 1, planIndex: 1, threads: 1, status: .completed, rates: [1]),
      run("b", order: 2, planIndex: 0, threads: 2, status: .completed, rates: [1]),
    ]
    runs[0].record.point.benchmark = "last"
    let results = ResultSet(sweeps: [ReportFixture.sweep(runs: runs)])
    #expect(PointResult.all(in: results).map { $0.runs[0].record.id } == ["b", "a", "c"])
    #expect(TabulatedBenchmark.all(in: results).map(\.name) == ["generate", "last"])
    let context = ReportContext(results: results, title: "t")
    #expect(context.benchmarks.map(\.name) == ["generate", "last"])
  }

  @Test("Two variants with one configuration are two points")
  func variants() {
    var runs = [
      run("a", order: 0, status: .completed, rates: [1]),
      run("b", order: 1, status: .completed, rates: [2]),
    ]
    runs[0].record.point.variant = "x"
    runs[1].record.point.variant = "y"
    #expect(points(runs).count == 2)
  }

  @Test("Tables show the share of the read bandwidth; what has no work shows no rate")
  func bandwidthColumn() {
    func kernel(_ op: String, _ values: [(Metric, [Reading])]) -> ResultSet.Run {
      ReportFixture.run(
        order: 9, benchmark: "bandwidth", kind: "kernel",
        axes: [("kernel.op", .string(op)), ("engine.threads", 2)], values: values, warmups: 0)
    }
    let runs = [
      ReportFixture.run(
        order: 0, axes: [("engine.threads", 2)],
        values: [
          (ReportFixture.decode, [.value(40), .value(41), .value(42)]),
          (DecodeBytesPerSecond.metric, [.value(5e9), .value(5.1e9), .value(5.2e9)]),
        ], warmups: 0),
      kernel(
        "read",
        [
          (KernelBytesPerSecond.metric, [.value(1e10), .value(1e10)]),
          (KernelFlopsPerSecond.metric, [.unavailable("no operations")]),
          (KernelReferenceError.metric, [.value(2.04e-7)]),
        ]),
    ]
    let results = ResultSet(sweeps: [ReportFixture.sweep(runs: runs)])
    let text = TerminalTable.render(results, TableOptions())
    #expect(text.contains("decode tok/s  decode / read bandwidth"))
    #expect(text.contains("0.510 ± 0.010"))
    #expect(!text.contains("FLOP/s"))
    #expect(!text.contains("reference-error  "))
    let html = HTMLReport(results: results, title: "t").render()
    #expect(html.contains("of read bandwidth"))
    #expect(html.contains("51\u{202F}%"))
    #expect(html.contains("2.0e-07"))
    #expect(Findings(ReportContext(results: results, title: "t")).all[2].statement == "51\u{202F}%")
  }
}
