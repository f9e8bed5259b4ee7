// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels

/// Readings of the clock of every timestamp, one after the other: a call is one reading.
///
/// The fact `clock.resolution_ns` is the smallest step between two readings that differ: nothing
/// shorter can be timed, whatever one reading costs.
final class ClockBench: KernelBench {
  private static let readingsPerRun = 1_000

  private let resolutionNs: Int
  private var last = 0

  init() {
    var least = Int.max
    var before = MonotonicClock.now()
    for _ in 0..<100_000 {
      let now = MonotonicClock.now()
      if now > before { least = min(least, now - before) }
      before = now
    }
    resolutionNs = least
  }

  var facts: [String: ConfigurationValue] { ["clock.resolution_ns": .int(resolutionNs)] }
  var work: KernelWork { KernelWork() }
  var hasResult: Bool { false }
  var callsPerRun: Int { Self.readingsPerRun }
  func reserve(_ compute: Compute) {}

  func run(_ compute: Compute, iteration: Int) {
    for _ in 0..<Self.readingsPerRun { last = MonotonicClock.now() }
  }

  func result() -> [Float] { [] }
}
