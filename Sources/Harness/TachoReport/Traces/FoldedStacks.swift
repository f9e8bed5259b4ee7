// SPDX-License-Identifier: Apache-2.0
import TachoAnalysis
import TachoRecord

/// Folded stacks, one line a stack with its nanoseconds, as flame graph programs read them: benchmark,
/// kind of step, layer, operation, and what the time was spent on.
package enum FoldedStacks: TraceFormat {
  package static let name = "folded"
  package static let summary =
    "Folded stacks in nanoseconds, for flamegraph.pl, inferno, speedscope."

  package static func text(of samples: [TracedSample]) throws -> String {
    var order: [String] = []
    var times: [String: Int] = [:]
    func add(_ frames: [String], _ ns: Int) {
      guard ns > 0 else { return }
      let stack = frames.map(frame).joined(separator: ";")
      if times[stack] == nil { order.append(stack) }
      times[stack, default: 0] += ns
    }
    for sample in samples {
      let root = sample.name
      let steps = StepInterval.all(of: sample.trace)
      for step in steps {
        let kind = [root, "\(step.mark.rows) row\(step.mark.rows == 1 ? "" : "s")"]
        for launch in step.launches {
          let layer = launch.layer < 0 ? "no layer" : "layer \(launch.layer)"
          let stack = kind + [layer, launch.op]
          add(stack + ["work"], launch.firstEndNs - launch.firstStartNs)
          add(stack + ["wait for the last worker"], launch.endNs - launch.firstEndNs)
          add(stack + ["queue"], launch.queueNs)
        }
        if !step.launches.isEmpty { add(kind + ["host between kernels"], step.gapNs) }
        for span in step.spans { add(kind + [span.name], span.endNs - span.startNs) }
      }
      guard steps.isEmpty else { continue }
      for launch in sample.trace.launches {
        add([root, launch.op, "work"], launch.firstEndNs - launch.firstStartNs)
        add([root, launch.op, "wait for the last worker"], launch.endNs - launch.firstEndNs)
        add([root, launch.op, "queue"], launch.queueNs)
      }
    }
    return order.map { "\($0) \(times[$0] ?? 0)\n" }.joined()
  }

  /// A frame cannot hold the separator or a line's end.
  private static func frame(_ text: String) -> String {
    String(text.map { $0 == ";" || $0.isNewline ? "," : $0 })
  }
}
