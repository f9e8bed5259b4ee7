// SPDX-License-Identifier: Apache-2.0

/// One kernel launch on a worker pool; nanoseconds of CLOCK_MONOTONIC.
///
/// `queue` is first start - enqueue, `skew` last start - first start, `exec` end - first start.
package struct LaunchRecord: Sendable, Hashable, Codable {
  package var op: String
  package var variant: String
  /// Index of the forward step within the sample, and the layer (-1 outside any).
  package var step: Int
  package var layer: Int
  /// When the host decided on it.
  package var enqueueNs: Int
  /// When its first and its last worker began.
  package var firstStartNs: Int
  package var lastStartNs: Int
  /// When its first and its last worker were done.
  package var firstEndNs: Int
  package var lastEndNs: Int
  /// When the host had left the barrier.
  package var endNs: Int
  /// Start and end of each worker in turn; empty where the engine does not tell them apart.
  package var workerNs: [Int]

  package init(
    op: String, variant: String, step: Int, layer: Int, enqueueNs: Int, endNs: Int,
    workerNs: [Int]
  ) {
    let starts = stride(from: 0, to: workerNs.count - 1, by: 2).map { workerNs[$0] }
    let ends = stride(from: 1, to: workerNs.count, by: 2).map { workerNs[$0] }
    self.init(
      op: op, variant: variant, step: step, layer: layer, enqueueNs: enqueueNs,
      firstStartNs: starts.min() ?? enqueueNs, lastStartNs: starts.max() ?? enqueueNs,
      firstEndNs: ends.min() ?? endNs, lastEndNs: ends.max() ?? endNs, endNs: endNs,
      workerNs: workerNs)
  }

  package init(
    op: String, variant: String, step: Int, layer: Int, enqueueNs: Int, firstStartNs: Int,
    lastStartNs: Int, firstEndNs: Int, lastEndNs: Int, endNs: Int, workerNs: [Int] = []
  ) {
    self.op = op
    self.variant = variant
    self.step = step
    self.layer = layer
    self.enqueueNs = enqueueNs
    self.firstStartNs = firstStartNs
    self.lastStartNs = lastStartNs
    self.firstEndNs = firstEndNs
    self.lastEndNs = lastEndNs
    self.endNs = endNs
    self.workerNs = workerNs
  }

  package var queueNs: Int { firstStartNs - enqueueNs }
  package var skewNs: Int { lastStartNs - firstStartNs }
  package var execNs: Int { endNs - firstStartNs }

  /// How long each worker was in it.
  package var busyNs: [Int] {
    stride(from: 0, to: workerNs.count - 1, by: 2).map { workerNs[$0 + 1] - workerNs[$0] }
  }

  /// The workers' waiting for the last of them and for the barrier, summed.
  package var barrierWaitNs: Int {
    stride(from: 1, to: workerNs.count, by: 2).reduce(0) { $0 &+ (endNs &- workerNs[$1]) }
  }
}

/// Work of the host outside kernel launches that has a name: sampling, detokenising.
package struct SpanRecord: Sendable, Hashable, Codable {
  package var name: String
  package var step: Int
  package var startNs: Int
  package var endNs: Int

  package init(name: String, step: Int, startNs: Int, endNs: Int) {
    self.name = name
    self.step = step
    self.startNs = startNs
    self.endNs = endNs
  }
}

/// One forward pass of a sample, and what the operating system did to the worker since the one before.
package struct StepRecord: Sendable, Hashable, Codable {
  package var step: Int
  /// Rows of its batch: 1 when one sequence decodes.
  package var rows: Int
  package var startNs: Int
  package var endNs: Int
  /// The processor the host thread was on at its end; -1 where that is unknown.
  package var processor: Int
  package var involuntarySwitches: Int
  package var minorFaults: Int
  package var majorFaults: Int
  /// Whether the engine took it for a slow one while it ran.
  package var isSlow: Bool

  package init(
    step: Int, rows: Int, startNs: Int, endNs: Int, processor: Int = -1,
    involuntarySwitches: Int = 0, minorFaults: Int = 0, majorFaults: Int = 0, isSlow: Bool = false
  ) {
    self.step = step
    self.rows = rows
    self.startNs = startNs
    self.endNs = endNs
    self.processor = processor
    self.involuntarySwitches = involuntarySwitches
    self.minorFaults = minorFaults
    self.majorFaults = majorFaults
    self.isSlow = isSlow
  }
}
