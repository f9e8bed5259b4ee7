// SPDX-License-Identifier: Apache-2.0
import CTachoKernels
import Glibc

/// Collects launches, forward steps and named work of the host while a sample runs; owned by the
/// pool's calling thread.
///
/// Memory is touched between samples, never while launches are timed.
package final class LaunchRecorder: @unchecked Sendable {
  package enum Mode: Sendable {
    /// Every launch.
    case all
    /// Those of slow steps and of the steps next to them; of the others only the steps' own times.
    case slowSteps
  }

  package let mode: Mode
  package var step = 0
  package var layer: Int32 = -1

  private var trace = LaunchTrace()
  private var judge = SlowStepJudge()
  private var usage = rusage()
  private var stepStart = 0
  private var stepRows = 0
  /// In `slowSteps`: how much of the trace is to stay, and where the step under way begins in it.
  private var kept = (launches: 0, numbers: 0)
  private var current = (launches: 0, numbers: 0)
  private var keepsNext = false

  /// Launches of one sample that are kept at most, and numbers of their workers.
  package static let capacity = 1 << 19
  private static let numbersCapacity = 1 << 22

  /// Room that is touched before a sample when none was taken yet.
  private static let firstRoom = 1 << 15

  package init(mode: Mode = .all) {
    self.mode = mode
    reserve(launches: Self.firstRoom, numbers: 4 * Self.firstRoom, steps: 1 << 12)
  }

  /// Fresh memory for so much, every page of it written once.
  private func reserve(launches: Int, numbers: Int, steps: Int) {
    trace = LaunchTrace()
    let launch = Launch(op: "", layer: 0, workers: 0, step: 0, enqueueNs: 0, endNs: 0)
    trace.launches = [Launch](repeating: launch, count: launches)
    trace.workerNs = [Int](repeating: 0, count: numbers)
    let span = HostSpan(name: "", step: 0, startNs: 0, endNs: 0)
    trace.spans = [HostSpan](repeating: span, count: 2 * steps)
    let mark = StepMark(
      step: 0, rows: 0, startNs: 0, endNs: 0, processor: 0, involuntarySwitches: 0,
      minorFaults: 0, majorFaults: 0, isSlow: false)
    trace.steps = [StepMark](repeating: mark, count: steps)
    trace.launches.removeAll(keepingCapacity: true)
    trace.workerNs.removeAll(keepingCapacity: true)
    trace.spans.removeAll(keepingCapacity: true)
    trace.steps.removeAll(keepingCapacity: true)
  }

  /// Notes a launch that its caller has just left.
  ///
  /// `times` holds start and end of each worker, `stride` numbers apart.
  func note(
    _ op: StaticString, enqueueNs: Int, endNs: Int, workers: Int, times: UnsafePointer<Int>,
    stride: Int
  ) {
    guard trace.launches.count < Self.capacity,
      trace.workerNs.count + 2 * workers <= Self.numbersCapacity
    else {
      trace.omitted += 1
      return
    }
    trace.launches.append(
      Launch(
        op: op, layer: layer, workers: Int32(workers), step: step, enqueueNs: enqueueNs,
        endNs: endNs))
    for worker in 0..<workers {
      trace.workerNs.append(times[worker * stride])
      trace.workerNs.append(times[worker * stride + 1])
    }
  }

  /// Notes work of the calling thread that ends now.
  package func noteSpan(_ name: StaticString, from startNs: Int) {
    trace.spans.append(
      HostSpan(name: name, step: step, startNs: startNs, endNs: MonotonicClock.now()))
  }

  /// A forward pass over so many rows begins.
  package func beginStep(rows: Int) {
    layer = -1
    stepRows = rows
    if trace.steps.isEmpty { getrusage(Int32(RUSAGE_SELF.rawValue), &usage) }
    current = (trace.launches.count, trace.workerNs.count)
    stepStart = MonotonicClock.now()
  }

  /// The forward pass has ended.
  package func endStep() {
    let end = MonotonicClock.now()
    var now = rusage()
    getrusage(Int32(RUSAGE_SELF.rawValue), &now)
    // What a reader of the tokens sees is the time since the step before ended.
    let before = trace.steps.last
    let length = end - (before.map { $0.rows == stepRows ? $0.endNs : stepStart } ?? stepStart)
    let slow = judge.isSlow(length, rows: stepRows)
    trace.steps.append(
      StepMark(
        step: step, rows: stepRows, startNs: stepStart, endNs: end,
        processor: Int(tk_current_processor()),
        involuntarySwitches: now.ru_nivcsw - usage.ru_nivcsw,
        minorFaults: now.ru_minflt - usage.ru_minflt,
        majorFaults: now.ru_majflt - usage.ru_majflt, isSlow: slow))
    usage = now
    if mode == .slowSteps { keepAround(slow) }
    step += 1
    layer = -1
  }

  /// Of the step before and this one, keeps what stands next to a slow step.
  private func keepAround(_ slow: Bool) {
    let count = (launches: trace.launches.count, numbers: trace.workerNs.count)
    if slow || keepsNext {
      kept = count
      keepsNext = slow
      return
    }
    // The step before this one turned out to be of no interest; this one may yet be.
    trace.launches.removeSubrange(kept.launches..<current.launches)
    trace.workerNs.removeSubrange(kept.numbers..<current.numbers)
  }

  /// Everything since the last call, and a fresh start.
  package func take() -> LaunchTrace {
    if mode == .slowSteps {
      trace.launches.removeSubrange(kept.launches...)
      trace.workerNs.removeSubrange(kept.numbers...)
    }
    let taken = trace
    reserve(
      launches: max(Self.firstRoom, taken.launches.count * 5 / 4),
      numbers: max(4 * Self.firstRoom, taken.workerNs.count * 5 / 4),
      steps: max(1 << 12, taken.steps.count * 5 / 4))
    restart()
    return taken
  }

  /// Forgets everything since the last call.
  package func discard() {
    trace.launches.removeAll(keepingCapacity: true)
    trace.workerNs.removeAll(keepingCapacity: true)
    trace.spans.removeAll(keepingCapacity: true)
    trace.steps.removeAll(keepingCapacity: true)
    trace.omitted = 0
    restart()
  }

  private func restart() {
    judge = SlowStepJudge()
    step = 0
    layer = -1
    kept = (0, 0)
    current = (0, 0)
    keepsNext = false
  }
}
