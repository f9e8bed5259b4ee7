// SPDX-License-Identifier: Apache-2.0
import TachoRecord

/// What was measured, on what, with what outcome, and the three findings that matter.
package enum VerdictSection: ReportSection {
  package static let title = "Verdict"

  package static func render(_ context: ReportContext) -> HTML? {
    HTML("div") {
      if context.points.isEmpty {
        HTML("p", ["class": "lead"]) {
          "No points were measured: the results hold \(Plural.of(context.results.sweeps.count, "sweep"))"
            + " without runs."
        }
      } else {
        lead(context)
        counts(context)
        findings(context)
      }
      sweeps(context)
    }
  }

  private static func lead(_ context: ReportContext) -> HTML {
    let machines = Set(context.results.sweeps.map(\.record.machine.id)).count
    let names = context.benchmarks.map(\.name)
    let listed = names.prefix(5).joined(separator: ", ")
    let more = names.count > 5 ? " and \(names.count - 5) more" : ""
    let place =
      machines == 1
      ? "on \(context.results.sweeps.first?.record.machine.name ?? "one machine")"
      : "on \(machines) machines"
    return HTML("p", ["class": "lead"]) {
      "\(Plural.of(names.count, "benchmark")) (\(listed)\(more)) \(place), "
        + Plural.of(context.points.count, "point") + "."
    }
  }

  private static func counts(_ context: ReportContext) -> HTML {
    var tally: [RunStatus.Outcome: Int] = [:]
    for point in context.points { tally[point.status.outcome, default: 0] += 1 }
    let samples = context.points.reduce(0) { total, point in
      total + point.samples.reduce(0) { $0 + $1.count { $0.isCounted } }
    }
    let synthetic = context.points.count { $0.isSynthetic }
    return HTML("ul", ["class": "counts"]) {
      count(tally[.completed] ?? 0, "completed", "ok")
      count(tally[.failed] ?? 0, "failed", (tally[.failed] ?? 0) > 0 ? "bad" : "none")
      count(tally[.skipped] ?? 0, "skipped", (tally[.skipped] ?? 0) > 0 ? "open" : "none")
      if let unfinished = tally[.unfinished] {
        count(unfinished, "unfinished", "open")
      }
      count(samples, samples == 1 ? "sample" : "samples", "none")
      if synthetic > 0 {
        HTML("li", ["class": "note"]) {
          HTML("span", ["class": "badge"]) { "synthetic weights" }
          synthetic == context.points.count
            ? " in every point: speed is real, text is not"
            : " in \(Plural.of(synthetic, "point")): speed is real, text is not"
        }
      }
    }
  }

  private static func count(_ number: Int, _ noun: String, _ name: String) -> HTML {
    HTML("li", ["class": "count " + name]) {
      HTML("strong") { Figure.text(Double(number), decimals: 0) }
      " " + noun
    }
  }

  private static func findings(_ context: ReportContext) -> HTML {
    HTML("ol", ["class": "findings"]) {
      for finding in Findings(context).all {
        HTML("li", ["class": finding.statement == "Unavailable" ? "unavailable" : nil]) {
          HTML("h2") { finding.title }
          HTML("p", ["class": "statement"]) { finding.statement }
          HTML("p") { finding.detail }
        }
      }
    }
  }

  private static func sweeps(_ context: ReportContext) -> HTML {
    let several = context.results.sweeps.count > 1
    return HTML("div", ["class": "sweeps"]) {
      for sweep in context.results.sweeps { card(sweep, isOneOfSeveral: several) }
    }
  }

  private static func card(_ sweep: ResultSet.Sweep, isOneOfSeveral: Bool) -> HTML {
    let machine = Facts(sweep.record.machine.facts)
    let build = Facts(sweep.record.build.facts)
    let processor = [
      machine.processor, machine.cores.map { "\($0) cores" }, machine.system,
    ].compactMap { $0 }.joined(separator: ", ")
    let rows: [(String, String?)] = [
      ("suite", sweep.record.suite),
      ("machine", sweep.record.machine.name + (processor.isEmpty ? "" : ": " + processor)),
      ("started", sweep.record.startedAt),
      ("version", build.version),
      ("revision", build.revision),
      ("compiler", build.compiler),
      ("build", build.mode),
      ("flags", build.flags),
    ]
    return HTML("dl", ["class": isOneOfSeveral ? "card several" : "card"]) {
      for (name, value) in rows {
        if let value, !value.isEmpty {
          HTML("div") {
            HTML("dt") { name }
            HTML("dd") { value }
          }
        }
      }
    }
  }
}
