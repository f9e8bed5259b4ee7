// SPDX-License-Identifier: Apache-2.0
import Glibc
import TachoCatalog
import TachoEngine
import TachoKernels

/// A launch after the pool has slept: what the first launch after a pause waits for its workers.
///
/// Counted is the time from the launch's enqueueing to the start of the last worker; the nap before it
/// is not, and neither is the end of the launch.
final class WakeBench: KernelBench {
  /// Workers spin for about 50 microseconds before they sleep.
  private static let napMicroseconds: UInt32 = 1_000

  let ownRecorder: LaunchRecorder? = LaunchRecorder()

  init(_ settings: Settings, _ engine: EngineConfiguration) throws {
    let threads = engine.threads > 0 ? engine.threads : ThreadPool.availableProcessors
    guard threads > 1 else {
      throw WorkloadError(
        .unsupported, "with one thread there is no worker to wake; set engine.threads to 2 or more")
    }
  }

  var facts: [String: ConfigurationValue] {
    ["kernel.nap_microseconds": .int(Int(Self.napMicroseconds))]
  }
  var work: KernelWork { KernelWork() }
  var hasResult: Bool { false }
  func reserve(_ compute: Compute) {}

  func run(_ compute: Compute, iteration: Int) {
    usleep(Self.napMicroseconds)
    compute.pool.launch("wake", count: 2 * compute.pool.threads, grain: 1) { _, _ in }
  }

  func takeCountedNs() -> Int? {
    guard let trace = ownRecorder?.take() else { return nil }
    var next = 0
    return trace.launches.reduce(0) { total, launch in
      let starts = (0..<Int(launch.workers)).map { trace.workerNs[next + 2 * $0] }
      next += 2 * Int(launch.workers)
      return total + (starts.max() ?? launch.enqueueNs) - launch.enqueueNs
    }
  }

  func result() -> [Float] { [] }
}
