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
  /// Every request of a load run, in the order of their scheduled arrivals, and how they were sent
  /// (kind `serve`).
  package var requests: [RequestRecord]?
  package var traffic: TrafficRecord?
  /// Declared work of the timed region: minimum traffic and arithmetic.
  package var flops: Double?
  package var weightBytes: Double?
  package var kvBytes: Double?
  package var activationBytes: Double?
  /// Parts of a model's start (kind `load`).
  package var load: LoadTimes?
  /// Kernel calls in the timed region (kind `kernel`), for the time of one.
  package var iterations: Int?
  /// What was driven out of the caches before each call, where that was asked for (kind `kernel`).
  package var eviction: CacheEviction?
  /// Identity of the output (token ids or kernel result), so that "faster but different" is seen.
  package var outputFingerprint: String?
  /// The generated tokens themselves (kind `generate`), to say where two outputs part.
  package var outputTokenIDs: [Int]?
  /// Norm of the difference from the reference's result over the norm of that result (kind `kernel`).
  package var referenceError: Double?
  /// The worker's resource use over the timed region.
  package var usage: ResourceUsage?
  /// Heap allocations in the timed region; nil from a worker that says nothing of them.
  package var heap: HeapReading?
  /// Events counted over the timed region, when counting was asked for.
  package var counters: [CounterReading]?
  /// Events counted inside single launches, summed for each operation.
  package var kernelCounters: [KernelCounterReading]?
  /// What the region cost in energy, where that was asked for.
  package var energy: EnergyReading?
  /// What callgrind counted: makes the sample one without times (see `ObservationMode.instrumented`).
  package var callgrind: InstructionCounts?
  /// From asking for the sample to its reply, on the harness's clock; the harness fills it in.
  package var roundTripNs: Int?
  /// Metrics that a foreign worker computed itself: id -> value.
  package var extra: [String: Double]?
  /// Kernel launches, forward steps and named host work, when recording was asked for.
  package var trace: SampleTrace?
  /// Whether the worker holds a trace of this sample and waits to be asked for it (`trace`): sending
  /// and storing ten thousand launches between samples would let the processor cool down.
  package var holdsTrace: Bool?
  /// A delay put into the sample on purpose.
  package var injection: InjectionRecord?

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
