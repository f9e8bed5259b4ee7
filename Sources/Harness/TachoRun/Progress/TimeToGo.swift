// SPDX-License-Identifier: Apache-2.0
import Foundation

/// How long the rest of a sweep will take: what was expected of it, corrected by how far off the runs
/// so far were.
struct TimeToGo {
  private let expected: [Double]
  private var done = 0
  private var expectedDone = 0.0
  private var actualDone = 0.0

  init(expectedSeconds: [Double]) {
    expected = expectedSeconds
  }

  mutating func finishedRun(seconds: Double) {
    guard done < expected.count else { return }
    expectedDone += expected[done]
    actualDone += seconds
    done += 1
  }

  /// Nil until a run that was expected to take any time is done.
  func seconds(intoCurrentRun spent: Double) -> Double? {
    guard expectedDone > 0 else { return nil }
    let correction = actualDone / expectedDone
    let current = done < expected.count ? max(expected[done] * correction - spent, 0) : 0
    return current + expected.dropFirst(done + 1).reduce(0, +) * correction
  }

  /// `42 s`, `3:05`, `2:03:04`.
  static func text(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded())
    if whole < 60 { return "\(whole) s" }
    let tail = String(format: "%02d", whole % 60)
    if whole < 3600 { return "\(whole / 60):\(tail)" }
    return "\(whole / 3600):" + String(format: "%02d", whole / 60 % 60) + ":\(tail)"
  }
}
