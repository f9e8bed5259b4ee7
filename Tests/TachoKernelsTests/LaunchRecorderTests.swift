// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoKernels
import Testing

/// What is kept of a sample's launches, and which steps are taken for slow ones.
@Suite struct LaunchRecorderTests {
  /// Twenty steps of three launches each; some take much longer.
  private func record(_ mode: LaunchRecorder.Mode, slow: Set<Int>, steps: Int = 20) -> LaunchTrace {
    let pool = ThreadPool(threads: 1)
    defer { pool.shutDown() }
    let recorder = LaunchRecorder(mode: mode)
    pool.recorder = recorder
    for step in 0..<steps {
      recorder.beginStep(rows: 1)
      for _ in 0..<3 {
        pool.launch("work", count: 1, grain: 1) { _, _ in
          let end = MonotonicClock.now() + (slow.contains(step) ? 40_000_000 : 1_000_000)
          while MonotonicClock.now() < end {}
        }
      }
      recorder.endStep()
    }
    return recorder.take()
  }

  @Test func everythingIsKept() {
    let trace = record(.all, slow: [12])
    #expect(trace.launches.map(\.step) == (0..<20).flatMap { [$0, $0, $0] })
    #expect(trace.workerNs.count == 2 * trace.launches.count)
    #expect(trace.steps.map(\.step) == Array(0..<20) && trace.steps.allSatisfy { $0.rows == 1 })
    #expect(trace.steps[12].isSlow && trace.omitted == 0)
    #expect(zip(trace.steps, trace.steps.dropFirst()).allSatisfy { $0.endNs <= $1.startNs })
  }

  /// The launches of a slow step and of its neighbours; of the others only their times.
  @Test func onlyWhatStandsNextToSlowSteps() {
    let trace = record(.slowSteps, slow: [12, 17])
    #expect(trace.steps.count == 20)
    let slow = trace.steps.filter(\.isSlow).map(\.step)
    #expect(slow.contains(12) && slow.contains(17))
    // A noisy machine may slow others too: what is kept is what stands next to those marked.
    let near = Set(slow.flatMap { [$0 - 1, $0, $0 + 1] }.filter { (0..<20).contains($0) })
    #expect(Set(trace.launches.map(\.step)) == near)
    #expect(trace.launches.count == 3 * near.count)
    #expect(trace.workerNs.count == 2 * trace.launches.count)
    for (index, launch) in trace.launches.enumerated() {
      #expect(launch.enqueueNs <= trace.workerNs[2 * index])
      #expect(trace.workerNs[2 * index + 1] <= launch.endNs)
    }
  }

  /// The first steps have nothing to be compared with, and prefill none with decoding.
  @Test func theFirstEightAreNeverSlow() {
    #expect(record(.all, slow: [0, 3, 7], steps: 9).steps.filter(\.isSlow).isEmpty)
  }

  @Test func aDiscardedSampleLeavesNothing() {
    let recorder = LaunchRecorder()
    recorder.beginStep(rows: 3)
    recorder.noteSpan("work", from: MonotonicClock.now())
    recorder.endStep()
    recorder.discard()
    let trace = recorder.take()
    #expect(trace.steps.isEmpty && trace.spans.isEmpty && recorder.step == 0)
  }
}
