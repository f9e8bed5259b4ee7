// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoRecord
import TachoRun

/// Shows how a gate job goes on, between pairs.
///
/// One live line on a terminal; elsewhere a line per round.
final class GateProgress: GateObserver {
  private let began = Date()
  private let budget: Double
  private let isTerminal = isatty(2) == 1
  private var round = 0
  private var inRound = 0
  private var seriesInRound = 0
  private var undecided = 0
  private var pairs = 0
  private var lastDrawn = Date.distantPast

  init(budget: Double) {
    self.budget = budget
  }

  func roundBegan(_ round: Int, series: Int, undecided: Int) {
    (self.round, seriesInRound, self.undecided, inRound) = (round + 1, series, undecided, 0)
    if !isTerminal {
      write("round \(self.round): \(series) series, \(undecided) undecided, \(elapsed)\n")
    }
  }

  func measured(_ pair: PairRecord) {
    pairs += 1
    inRound += 1
    guard isTerminal, Date().timeIntervalSince(lastDrawn) >= 0.5 else { return }
    draw("round \(round): pair \(inRound) of \(seriesInRound), \(undecided) undecided")
  }

  func decided(_ member: GateMember, _ decision: GateDecision) {
    undecided = max(0, undecided - 1)
    guard decision.verdict != .pass else { return }
    clear()
    write("\(decision.verdict.rawValue.uppercased()) \(member.name): \(decision.reason)\n")
  }

  func confirming(_ member: GateMember, pairs: Int) {
    if isTerminal {
      draw("confirming \(member.name) in another layout: \(pairs) pairs")
    } else if pairs == 0 {
      write("confirming \(member.name) in another layout\n")
    }
  }

  func counting(_ series: GateSeries, under activity: String?) {
    if isTerminal { draw("counting in \(series.name)\(activity.map { ": " + $0 } ?? "")") }
  }

  func pausing(seconds: Double) {
    clear()
    write("the machine is disturbed: waiting \(Int(seconds)) s\n")
  }

  func note(_ text: String) {
    clear()
    write(text + "\n")
  }

  func end() {
    clear()
    write("\(pairs) launch pairs in \(Int(Date().timeIntervalSince(began))) s\n")
  }

  private var elapsed: String {
    "\(Int(Date().timeIntervalSince(began))) s of at most \(Int(budget)) s"
  }

  private func draw(_ text: String) {
    lastDrawn = Date()
    write("\r\u{1B}[K\(text), \(elapsed)")
  }

  private func clear() {
    if isTerminal { write("\r\u{1B}[K") }
  }

  private func write(_ text: String) { StandardStreams.note(text) }
}
