// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoAnalysis
package import TachoRecord

/// Shows a sweep's progress: two live lines on a terminal, one line per run elsewhere.
///
/// It is called between samples and prints then, at most twice a second: while a worker measures the
/// harness is silent, so the clock shown stands still during a long sample.
package final class ProgressReporter: RunObserver {
  /// Between two redraws of the live lines, and between two plain lines about one run.
  static let redrawSeconds = 0.5
  static let plainSeconds = 10.0

  private let terminal: Terminal
  private let clock: any RunClock
  private var sweepStart = 0.0
  private var runStart = 0.0
  private var lastPrint = -Double.infinity
  private var liveLines = 0
  private var total = 0
  private var done = 0
  private var failed = 0
  private var toGo = TimeToGo(expectedSeconds: [])
  /// Headline values of all samples after the warm-up, and of those not flagged.
  private var values: [Double] = []
  private var unflagged: [Double] = []
  private var policy: MeasurementPolicy?
  private var unit: Metric.Unit = .seconds
  private var warmups = 0
  private var flagged = 0
  /// What is done now besides sampling.
  private var activity: String?

  package init(
    terminal: Terminal = .standardError, clock: any RunClock = MonotonicClock()
  ) {
    self.terminal = terminal
    self.clock = clock
  }

  package func sweepBegan(done: Int, expectedSeconds: [Double]) {
    sweepStart = clock.seconds()
    self.done = done
    total = done + expectedSeconds.count
    toGo = TimeToGo(expectedSeconds: expectedSeconds)
    if done > 0 {
      permanent(
        done == total
          ? "nothing is left: all \(total) runs were measured before"
          : "\(done) of \(total) runs were measured before; continuing")
    }
  }

  package func runBegan(_ run: RunRecord) {
    runStart = clock.seconds()
    (values, unflagged, warmups, flagged, activity) = ([], [], 0, 0, nil)
    policy = run.policy
    if !terminal.isInteractive { lastPrint = runStart }
    redraw(run)
  }

  package func began(_ activity: String, of run: RunRecord) {
    self.activity = activity
    if terminal.isInteractive {
      lastPrint = -Double.infinity
      redraw(run)
    } else {
      terminal.write("\(position) \(title(run)): \(detail)\n")
    }
  }

  package func sampled(_ sample: SampleRecord, of run: RunRecord) {
    activity = nil
    guard sample.isTimed else { return }
    if sample.warmup {
      warmups += 1
    } else if sample.flag != nil {
      flagged += 1
    }
    if !sample.warmup, let measurement = HeadlineMetric.measurement(in: sample),
      let number = measurement.reading.number
    {
      values.append(number)
      if sample.flag == nil { unflagged.append(number) }
      unit = measurement.metric.unit
    }
    if terminal.isInteractive {
      redraw(run)
    } else if clock.seconds() - lastPrint >= Self.plainSeconds {
      lastPrint = clock.seconds()
      terminal.write("\(position) \(title(run)): \(detail)\n")
    }
  }

  package func runEnded(_ run: RunRecord) {
    done += 1
    toGo.finishedRun(seconds: clock.seconds() - runStart)
    let good = run.status == .completed
    if !good && run.status != .skipped { failed += 1 }
    let ending = good ? detail : "\(run.status.rawValue): \(Self.oneLine(run.reason ?? ""))"
    // On a terminal the live lines show what goes well; what does not must not scroll away unseen.
    if !terminal.isInteractive {
      terminal.write("[\(done)/\(total)] \(title(run)): \(ending)\(remaining(0))\n")
    } else if !good {
      permanent("\(title(run)): \(ending)")
    }
  }

  package func sweepEnded(_ outcome: SweepOutcome) {
    clearLive()
    let elapsed = TimeToGo.text(clock.seconds() - sweepStart)
    terminal.write("\(outcome.summary), in \(elapsed)\n")
    if outcome.interrupted {
      terminal.write("what was measured is kept; the same command with --resume continues\n")
    }
  }
}

extension ProgressReporter {
  private var position: String { "[\(done + 1)/\(total)]" }

  private func title(_ run: RunRecord) -> String {
    let launch = run.launch > 0 ? " (launch \(run.launch + 1))" : ""
    let label = run.point.label
    return (label == run.point.benchmark ? label : "\(run.point.benchmark) \(label)") + launch
  }

  /// `7 samples, 41.3 tok/s ±1.2%, 1 flagged`: a flagged one is among the 7 where it counts.
  private var detail: String {
    if let activity { return activity }
    if values.isEmpty { return warmups > 0 ? "warming up, \(warmups) dropped" : "preparing" }
    let leavesOut = SampleSelection.leavesOutFlagged(unflagged: unflagged.count, policy: policy)
    let counted = leavesOut ? unflagged : values
    var parts = ["\(counted.count) sample\(counted.count == 1 ? "" : "s")"]
    parts.append(HeadlineMetric.text(counted, unit: unit))
    if flagged > 0 { parts.append("\(flagged) flagged") }
    return parts.joined(separator: ", ")
  }

  private func remaining(_ spent: Double) -> String {
    guard done < total, let seconds = toGo.seconds(intoCurrentRun: spent) else { return "" }
    return ", \(TimeToGo.text(seconds)) to go"
  }

  private func redraw(_ run: RunRecord) {
    guard terminal.isInteractive else { return }
    let now = clock.seconds()
    guard now - lastPrint >= Self.redrawSeconds || liveLines == 0 else { return }
    lastPrint = now
    var status = " \(done)/\(total) runs"
    if failed > 0 { status += ", \(failed) failed" }
    status += ", \(TimeToGo.text(now - sweepStart)) elapsed" + remaining(now - runStart)
    // One column is kept free: a line that fills the last one wraps on some terminals.
    let columns = max(terminal.columns() - 1, 20)
    let bar = Self.bar(width: min(columns - status.count, 30), share: Double(done), of: total)
    let lines = [bar + status, "  \(title(run)): \(detail)"].map { Self.cut($0, to: columns) }
    terminal.write(erasure + lines.joined(separator: "\n") + "\n")
    liveLines = lines.count
  }

  /// A line that stays, above the live ones.
  private func permanent(_ line: String) {
    clearLive()
    terminal.write(line + "\n")
  }

  private func clearLive() {
    terminal.write(erasure)
    liveLines = 0
  }

  /// Moves to the first live line and clears from there.
  private var erasure: String { liveLines > 0 ? "\u{1B}[\(liveLines)A\r\u{1B}[J" : "" }

  private static func bar(width: Int, share: Double, of total: Int) -> String {
    guard width >= 8 else { return "" }
    let cells = width - 2
    let full = total > 0 ? Int((share / Double(total) * Double(cells)).rounded(.down)) : cells
    let filled = min(max(full, 0), cells)
    return "[" + String(repeating: "#", count: filled)
      + String(repeating: ".", count: cells - filled) + "]"
  }

  private static func cut(_ line: String, to columns: Int) -> String {
    line.count <= columns ? line : line.prefix(columns - 3) + "..."
  }

  /// A worker's words may hold line ends and control characters that would draw over the screen.
  private static func oneLine(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : $0 }))
  }
}
