// SPDX-License-Identifier: Apache-2.0
import Foundation
import TachoKernels

/// One line of progress with the time left, on a terminal only.
final class ProgressLine {
  private let title: String
  private let began = MonotonicClock.now()
  private var shown = 0
  private let terminal = isatty(2) == 1

  init(_ title: String) { self.title = title }

  /// - Parameter fraction: 0 to 1.
  func update(_ fraction: Double) {
    let now = MonotonicClock.now()
    guard terminal, now - shown > 200_000_000 else { return }
    shown = now
    let elapsed = Double(now - began) / 1e9
    let left = fraction > 0.01 ? String(format: "%.0f s left", elapsed / fraction - elapsed) : ""
    write(String(format: "\r\u{1b}[K%@ %3.0f%% %@", title, fraction * 100, left))
  }

  func finish() {
    if terminal { write("\r\u{1b}[K") }
  }

  private func write(_ text: String) { StandardStreams.note(text) }
}
