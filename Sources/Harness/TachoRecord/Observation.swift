// SPDX-License-Identifier: Apache-2.0

/// What a worker saw in one sample: raw times and counts; metrics are computed from it by rules.
///
/// All times are nanoseconds of CLOCK_MONOTONIC in the worker.
package struct Observation: Sendable, Hashable, Codable {
  /// The timed region: start to end.
  package var startNs: Int
  package var endNs: Int
  /// Tokens in the prompt, of those served from a cache, generated, and already in the KV store.
  package var promptTokens: Int?
  package var cachedTokens: Int?
  package var outputTokens: Int?
  package var depth: Int?
  /// One request's life (kind `generate`, mode `request`).
  package var scheduledNs: Int?
  package var sentNs: Int?
  package var admittedNs: Int?
  package var doneNs: Int?
  /// When each emission became readable on the host, and how many tokens it held.
  package var emissionNs: [Int]?
  package var emissionTokens: [Int]?
  /// Declared work of the timed region: minimum traffic and arithmetic.
  package var flops: Double?
  package var weightBytes: Double?
  package var kvBytes: Double?
  package var activationBytes: Double?
  /// Parts of a model's start (kind `load`).
  package var load: LoadTimes?
  /// Kernel calls in the timed region (kind `kernel`), for the time of one.
  package var iterations: Int?
  /// Identity of the output (token ids or kernel result), so that "faster but different" is seen.
  package var outputFingerprint: String?
  /// Norm of the difference from the reference's result over the norm of that result (kind `kernel`).
  package var referenceError: Double?
  /// The worker's resource use over the timed region.
  package var usage: ResourceUsage?
  /// From asking for the sample to its reply, on the harness's clock; the harness fills it in.
  package var roundTripNs: Int?
  /// Metrics that a foreign worker computed itself: id -> value.
  package var extra: [String: Double]?
  /// Kernel launches, when recording was asked for.
  package var launches: [LaunchRecord]?

  package init(startNs: Int, endNs: Int) {
    self.startNs = startNs
    self.endNs = endNs
  }

  package var seconds: Double { Nanoseconds.seconds(from: startNs, to: endNs) }
}

/// What the operating system charged to the worker during a timed region.
package struct ResourceUsage: Sendable, Hashable, Codable {
  package var userSeconds: Double
  package var systemSeconds: Double
  package var minorFaults: Int
  package var majorFaults: Int
  package var voluntarySwitches: Int
  package var involuntarySwitches: Int
  package var peakResidentBytes: Int

  package init(
    userSeconds: Double, systemSeconds: Double, minorFaults: Int, majorFaults: Int,
    voluntarySwitches: Int, involuntarySwitches: Int, peakResidentBytes: Int
  ) {
    self.userSeconds = userSeconds
    self.systemSeconds = systemSeconds
    self.minorFaults = minorFaults
    self.majorFaults = majorFaults
    self.voluntarySwitches = voluntarySwitches
    self.involuntarySwitches = involuntarySwitches
    self.peakResidentBytes = peakResidentBytes
  }
}

/// One kernel launch on the worker pool; nanoseconds of CLOCK_MONOTONIC.
package struct LaunchRecord: Sendable, Hashable, Codable {
  package var op: String
  package var variant: String
  /// Index of the forward step within the sample, and the layer (-1 outside any).
  package var step: Int
  package var layer: Int
  package var enqueueNs: Int
  package var firstStartNs: Int
  package var lastStartNs: Int
  package var firstEndNs: Int
  package var endNs: Int

  package init(
    op: String, variant: String, step: Int, layer: Int, enqueueNs: Int, firstStartNs: Int,
    lastStartNs: Int, firstEndNs: Int, endNs: Int
  ) {
    self.op = op
    self.variant = variant
    self.step = step
    self.layer = layer
    self.enqueueNs = enqueueNs
    self.firstStartNs = firstStartNs
    self.lastStartNs = lastStartNs
    self.firstEndNs = firstEndNs
    self.endNs = endNs
  }
}
