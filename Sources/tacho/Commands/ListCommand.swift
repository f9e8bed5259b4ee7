// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import TachoAnalysis
import TachoCatalog
import TachoCounters
import TachoKernels
import TachoModelFiles
import TachoRecord
import TachoTasks
import TachoTune
import TachoWorkloads

/// Prints what can be named in suites and on the command line.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract:
      "List knobs, benchmark kinds, metrics, collectors, events, shapes, formats, kernels, samplers, tasks."
  )

  enum Subject: String, ExpressibleByArgument, CaseIterable {
    case knobs, kinds, metrics, collectors, events, shapes, formats, kernels, samplers, tasks
  }

  @Argument(
    help: "What to list: \(Subject.allCases.map(\.rawValue).joined(separator: ", ")).")
  var subject: Subject

  func run() throws {
    switch subject {
    case .kinds: show(Workloads.kinds.map { [$0.name, $0.summary] })
    case .knobs:
      for kind in Workloads.kinds {
        print("kind: \(kind.name)")
        show(
          kind.knobs.map {
            ["  " + $0.path, $0.defaultValue.display, $0.summary + " (\($0.expectation))"]
          })
      }
    case .metrics:
      show(
        (MetricRules.all.map { $0.metric } + LimitFraction.all.map(\.metric)).map {
          [
            $0.id, $0.unit.rawValue, "\($0.better) is better",
            $0.definition,
          ]
        })
    case .samplers:
      show(
        Samplers.all.flatMap { sampler in
          [[sampler.name, sampler.summary]]
            + sampler.knobs.map {
              ["  " + $0.path, "\($0.summary) (default \($0.defaultValue.display))"]
            }
        })
    case .collectors: show(Collectors.all.entries.map { [$0.name, $0.summary] })
    case .events: try showEvents()
    case .shapes: show(ModelShapes.all.entries.map { [$0.name, $0.summary] })
    case .formats:
      show(
        ElementType.allCases.map {
          [$0.name, "\($0.bitsPerWeight) bits per weight", "blocks of \($0.blockCount)"]
        })
    case .kernels:
      print("this CPU: \(ISA.best.name)")
      show(
        KernelTable.all.map { [$0.op, $0.variant, $0.isa.isRunnable ? "" : "not on this CPU"] })
    case .tasks:
      for family in TaskFamilies.all {
        print("task: \(family.name)")
        show(
          family.dials.map {
            ["  " + $0.path, $0.defaultValue.display, $0.summary + " (\($0.expectation))"]
          })
      }
    }
  }

  /// What `measure.events` may name here: the units present, their events, and masks after a colon.
  private func showEvents() throws {
    try EventLibrary.ready()
    let session = try CounterSession(CountersCollector.defaultEvents, threads: [0])
    print("a sample counts, when measure.events names none:")
    show(session.availability.map { ["  " + $0.event, $0.reason ?? "counted"] })
    for pmu in EventLibrary.pmus where pmu.isPresent {
      print("\n\(pmu.name): \(pmu.summary)")
      for event in EventLibrary.events(of: pmu) {
        show([["  " + event.name, event.alias.map { "same as \($0)" } ?? event.summary]])
        show(event.masks.map { ["    :" + $0.name, $0.summary] })
      }
    }
  }

  private func show(_ rows: [[String]]) {
    let widths = (0..<(rows.first?.count ?? 0)).map { column in
      rows.map { $0[column].count }.max() ?? 0
    }
    for row in rows {
      let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      print(cells.joined(separator: "  ").trimmingSuffix(while: { $0 == " " }))
    }
  }
}

extension String {
  fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
    var end = self[...]
    while let last = end.last, predicate(last) { end.removeLast() }
    return end
  }
}
