// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoCatalog
import TachoRecord
import Testing

@testable import TachoReport

@Suite("HTML report")
struct HTMLReportTests {
  private func document(_ results: ResultSet, title: String = "Tacho report") throws
    -> ReportDocument
  {
    let document = ReportDocument(HTMLReport(results: results, title: title).render())
    #expect(document.problem == nil)
    return document
  }

  @Test("A full report is well-formed and has every section, figure and point")
  func full() throws {
    let results = ReportFixture.full()
    let page = try document(results)
    // All but the gates, the peers, the launches, the noise and the history, of which there are none.
    #expect(page.all("section").count == Sections.all.count - 5)
    #expect(page.all("h1").count == 1)
    // generate: three axes; kernels: two.
    #expect(page.all("figure").count == 5)
    #expect(page.all("table", class: "points").count == 4)
    let rows = page.all("td", class: "status")
    #expect(rows.count == results.sweeps[0].runs.count)
    let failed = page.all("tr", class: "failed")
    #expect(failed.count == 1)
    #expect(failed[0].text.contains("the worker exceeded its memory cap of 2 GiB"))
    #expect(page.all("li", class: "failures").isEmpty)
    #expect(page.all("ul", class: "failures").first?.text.contains("out of memory") == true)
    #expect(page.all("pre").contains { $0.text.contains("mmap: cannot allocate memory") })
    #expect(page.all("pre").contains { $0.text.contains("kind: generate") })
    #expect(page.all("pre").contains { $0.text.contains("FROM v_measurement") })
  }

  @Test("Every point is in its table with its raw median")
  func everyPoint() throws {
    let results = ReportFixture.full()
    let page = try document(results)
    let mains = page.all("td", class: "main").compactMap { $0.attributes["data-value"] }
    for run in results.sweeps[0].runs where run.record.status == .completed {
      let metric =
        run.record.point.kind == "kernel" ? "kernel/bytes-per-second" : "decode/tokens-per-second"
      let sorted = run.values(of: metric).sorted()
      let median =
        sorted.count % 2 == 1
        ? sorted[sorted.count / 2]
        : sorted[sorted.count / 2 - 1] + (sorted[sorted.count / 2] - sorted[sorted.count / 2 - 1])
          / 2
      #expect(
        mains.contains { abs((Double($0) ?? 0) - median) <= median * 1e-12 },
        "\(run.record.point.label)")
    }
  }

  @Test("Synthetic weights and flagged samples are marked")
  func marks() throws {
    let page = try document(ReportFixture.full())
    let badges = page.all("span", class: "badge").map(\.text)
    #expect(badges.count { $0 == "synthetic" } == 60)
    #expect(badges.contains("1 flagged and counted"))
    #expect(page.all("path", class: "hollow").contains { !($0.attributes["d"] ?? "").isEmpty })
  }

  @Test("The verdict names the largest effect, the worst variance and the furthest from the limit")
  func findings() {
    let found = Findings(ReportContext(results: ReportFixture.full(), title: "t")).all
    #expect(found.count == 3)
    #expect(found[0].statement.hasPrefix("kernel.variant: 10×"))
    #expect(found[0].detail.contains("do not overlap"))
    #expect(found[1].detail.contains("engine.threads=16"))
    #expect(found[2].detail.contains("kernel.variant=scalar"))
    #expect(found[2].statement == "8.1\u{202F}%" || found[2].statement.hasPrefix("8."))
  }

  @Test("Two machines are compared as an axis")
  func machines() throws {
    let context = ReportContext(results: ReportFixture.twoMachines(), title: "t")
    #expect(context.benchmarks.count == 1)
    #expect(context.benchmarks[0].axes.map(\.path).contains("machine"))
    #expect(context.benchmarks[0].points.count == 120)
    let page = try document(ReportFixture.twoMachines())
    #expect(page.all("td", class: "status").count == 120)
    #expect(page.all("dl", class: "several").count == 2)
  }

  @Test("Repeated sweeps of one machine and build are told apart by sweep")
  func repeated() {
    var dice = Dice(seed: 3)
    let context = ReportContext(
      results: ResultSet(sweeps: [
        ReportFixture.sweep(runs: ReportFixture.generateRuns(dice: &dice)),
        ReportFixture.sweep(
          "sweep-2", runs: ReportFixture.generateRuns(sweep: "sweep-2", dice: &dice)),
      ]), title: "t")
    #expect(context.benchmarks[0].axes.first?.path == "sweep")
  }

  @Test("Nothing is loaded from anywhere")
  func selfContained() throws {
    let markup = HTMLReport(results: ReportFixture.full(), title: "t").render()
    for word in ["http://", "https://", " src=", "@import", "url(", "<link", "<img", "<iframe"] {
      #expect(!markup.contains(word), "\(word)")
    }
    let page = try document(ReportFixture.full())
    for element in page.elements {
      for (name, value) in element.attributes {
        #expect(!name.lowercased().hasPrefix("on"))
        if name == "href" { #expect(value.hasPrefix("#")) }
      }
    }
    let ids = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for link in page.all("a").compactMap({ $0.attributes["href"]?.dropFirst() }) {
      #expect(ids.contains(String(link)))
    }
  }

  @Test("Hostile names stay text")
  func hostile() throws {
    let evil = "</td></script><script>alert('x')</script>]]><!-- \" onload=\"x\" &amp; \u{0}\u{1B}"
    let metric = Metric(
      id: evil, unit: .seconds, better: .lower, definition: evil)
    var runs = [1, 2].map { number in
      ReportFixture.run(
        order: number, benchmark: evil, kind: evil,
        axes: [(evil, .string(evil + String(number))), ("n", .int(number))],
        values: [(metric, [.value(1), .value(2), .value(3), .value(4), .unavailable(evil)])],
        reason: evil, facts: [evil: .string(evil)], flagged: [2])
    }
    runs.append(
      ReportFixture.run(
        order: 3, benchmark: evil, kind: evil, axes: [(evil, .string(evil)), ("n", 3)], values: [],
        status: .crashed, reason: evil))
    runs[2].record.stderrTail = evil
    runs[1].record.point.variant = evil
    var sweep = ReportFixture.sweep(
      machine: MachineRecord(name: evil, facts: [evil: .string(evil), "cpu.model": .string(evil)]),
      build: BuildRecord(facts: ["git.revision": .string(evil), "flags": .string(evil)]),
      runs: runs,
      events: [EventRecord(sweepID: evil, at: evil, kind: evil, message: evil)], suiteText: evil)
    sweep.record.command = evil
    sweep.record.suite = evil
    sweep.record.startedAt = evil
    let page = try document(ResultSet(sweeps: [sweep]), title: evil)
    #expect(page.all("script").count == 1)
    #expect(page.all("script")[0].text == ReportScript.text.description)
    #expect(page.all("style")[0].text == Stylesheet.text.description)
    #expect(!page.elements.contains { $0.attributes.keys.contains { $0.hasPrefix("on") } })
    #expect(page.all("h1")[0].text.contains("<script>alert('x')</script>]]>"))
    #expect(page.all("pre", class: "suite")[0].text.contains("</script><script>"))
  }

  @Test("No sweeps, and a sweep without runs")
  func empty() throws {
    let none = try document(ResultSet(sweeps: []))
    #expect(none.all("p", class: "lead").first?.text.contains("No points were measured") == true)
    let bare = try document(ResultSet(sweeps: [ReportFixture.sweep(runs: [])]))
    #expect(bare.all("figure").isEmpty)
    #expect(bare.all("dl", class: "card").count == 1)
  }

  @Test("One sample: a number, no interval, no chart")
  func oneSample() throws {
    let run = ReportFixture.run(
      order: 0, axes: [("engine.threads", 2)], values: [(ReportFixture.decode, [.value(41.5)])],
      warmups: 0)
    let page = try document(ResultSet(sweeps: [ReportFixture.sweep(runs: [run])]))
    #expect(page.all("figure").isEmpty)
    #expect(page.all("span", class: "big").first?.text == "41.50")
    #expect(page.all("td", class: "num").map(\.text) == ["41.50", "–", "–", "–", "1"])
  }

  @Test("All failed: rows with reasons, no charts, findings unavailable")
  func allFailed() throws {
    let runs = [1, 2, 4].map { threads in
      ReportFixture.run(
        order: threads, axes: [("engine.threads", .int(threads))], values: [], status: .timedOut,
        reason: "no reply in 300 s")
    }
    let page = try document(ResultSet(sweeps: [ReportFixture.sweep(runs: runs)]))
    #expect(page.all("figure").isEmpty)
    #expect(page.all("tr", class: "failed").count == 3)
    #expect(page.all("li", class: "unavailable").count == 3)
    #expect(page.all("tr", class: "failed").allSatisfy { $0.text.contains("no reply in 300 s") })
  }

  @Test("NaN, infinity and unavailable readings are said, not drawn")
  func notFinite() throws {
    let odd: [Reading] = [
      .value(.nan), .value(.infinity), .unavailable("no tokens after the first"),
      .value(-.infinity),
    ]
    let runs = [
      ReportFixture.run(
        order: 0, axes: [("engine.threads", 1)], values: [(ReportFixture.decode, odd)], warmups: 0),
      ReportFixture.run(
        order: 1, axes: [("engine.threads", 2)],
        values: [(ReportFixture.decode, odd + [.value(10), .value(11), .value(12)])], warmups: 0),
      ReportFixture.run(
        order: 2, axes: [("engine.threads", 4)],
        values: [(ReportFixture.decode, [.value(0), .value(0), .value(0)])], warmups: 0),
    ]
    let page = try document(ResultSet(sweeps: [ReportFixture.sweep(runs: runs)]))
    let remarks = page.all("td", class: "status").map(\.text)
    #expect(remarks[0].contains("no tokens after the first; 3 of the samples not finite, left out"))
    #expect(page.all("td", class: "main").map(\.text) == ["–", "11.0", "0"])
    for path in page.all("path").compactMap({ $0.attributes["d"] }) {
      #expect(!path.contains("nan") && !path.contains("inf"))
    }
  }

  @Test("A headline metric without any value gives way to one that has values")
  func headlineHasValues() {
    let run = ReportFixture.run(
      order: 0, axes: [("engine.threads", 1)],
      values: [
        (ReportFixture.decode, [.unavailable("one token has no rate")]),
        (ReportFixture.seconds, [.value(0.5)]),
      ], warmups: 0)
    let context = ReportContext(
      results: ResultSet(sweeps: [ReportFixture.sweep(runs: [run])]), title: "t")
    #expect(context.benchmarks[0].headline.map(\.id) == ["sample/seconds"])
  }

  @Test("Extreme values are drawn without trapping")
  func extremes() throws {
    let values: [Double] = [
      1e308, -1e308, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0,
    ]
    let runs = values.enumerated().map { index, value in
      ReportFixture.run(
        order: index, axes: [("x", .double(value)), ("name", .string("v\(index)"))],
        values: [
          (ReportFixture.seconds, [.value(value), .value(value), .value(value), .value(value)])
        ],
        warmups: 0)
    }
    let page = try document(ResultSet(sweeps: [ReportFixture.sweep(runs: runs)]))
    #expect(page.all("td", class: "main").count == values.count)
  }

  private func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @Test("5,000 points render in under 5 s and under 10 MB, each with its row")
  func many() throws {
    var dice = Dice(seed: 11)
    var runs: [ResultSet.Run] = []
    for a in 0..<10 {
      for b in 0..<10 {
        for c in 0..<50 {
          let readings = (0..<5).map { _ in Reading.value(Double(a + b + c + 1) * dice.noise(0.05))
          }
          runs.append(
            ReportFixture.run(
              order: runs.count,
              axes: [("a", .int(a)), ("b", .string("b\(b)")), ("c.depth", .int(c * 64))],
              values: [(ReportFixture.decode, readings)]))
        }
      }
    }
    // Of this thread's processor time: other tests may keep the machine busy.
    let start = threadSeconds()
    let markup = HTMLReport(
      results: ResultSet(sweeps: [ReportFixture.sweep(runs: runs)]), title: "many"
    ).render()
    let time = threadSeconds() - start
    #expect(time < 5, "\(time) s")
    #expect(markup.utf8.count < 10_000_000, "\(markup.utf8.count) bytes")
    #expect(
      try document(ResultSet(sweeps: [ReportFixture.sweep(runs: Array(runs.prefix(1)))])).problem
        == nil)
    let page = ReportDocument(markup)
    #expect(page.problem == nil)
    #expect(page.all("td", class: "status").count == 5_000)
  }

  /// Writes reports to look at: `TACHO_REPORT_SAMPLES=folder swift test --filter samples`.
  @Test(
    "Sample reports",
    .enabled(if: ProcessInfo.processInfo.environment["TACHO_REPORT_SAMPLES"] != nil))
  func samples() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["TACHO_REPORT_SAMPLES"])
    for (name, results) in [
      ("full", ReportFixture.full()), ("machines", ReportFixture.twoMachines()),
      ("empty", ResultSet(sweeps: [])), ("small", ReportFixture.small()),
    ] {
      try HTMLReport(results: results, title: "Tacho: \(name)").render()
        .write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
    }
  }
}
