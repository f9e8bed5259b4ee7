// SPDX-License-Identifier: Apache-2.0

/// Tells a listener how a build goes: which step, how long, what the tool said last.
final class ProgressReport {
  let label: String
  private let listener: (BuildProgress) -> Void
  private var step = BuildProgress.Step.waiting
  private var since = MonotonicSeconds.now
  private var detail = ""
  private var expected: Double?

  init(_ label: String, _ listener: @escaping (BuildProgress) -> Void) {
    self.label = label
    self.listener = listener
  }

  func begin(_ step: BuildProgress.Step, expectedSeconds: Double? = nil) {
    self.step = step
    since = MonotonicSeconds.now
    detail = ""
    expected = expectedSeconds
    tick()
  }

  func tick(_ line: String? = nil) {
    if let line { detail = line }
    listener(
      BuildProgress(
        step: step, label: label, detail: detail, elapsedSeconds: elapsed,
        expectedSeconds: expected))
  }

  /// Seconds since the step began.
  var elapsed: Double { MonotonicSeconds.now - since }
}
