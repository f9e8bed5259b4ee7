// SPDX-License-Identifier: Apache-2.0
import TachoCatalog
import TachoKernels

/// A launch with nothing to do on any worker.
final class NullBench: KernelBench {
  var facts: [String: ConfigurationValue] { [:] }
  var work: KernelWork { KernelWork() }
  var hasResult: Bool { false }
  func reserve(_ compute: Compute) {}

  func run(_ compute: Compute, iteration: Int) {
    compute.pool.launch("null", count: 2 * compute.pool.threads, grain: 1) { _, _ in }
  }

  func result() -> [Float] { [] }
}
