// SPDX-License-Identifier: Apache-2.0
package import TachoCatalog

/// Every collector a suite may name under `measure.collect`: one line each.
package enum Collectors {
  package typealias Make = @Sendable (CollectorRequest) throws -> any Collector

  package static let all = Catalog<Make>(
    "collector",
    [
      .init("usage", "What the operating system charged to the worker: always on.") {
        { try UsageCollector($0) }
      },
      .init("allocations", "Heap allocations of all of the worker's threads: always on.") {
        { try AllocationsCollector($0) }
      },
      .init(
        "counters", "Events of the processor and the kernel on every thread (`measure.events`)."
      ) {
        { try CountersCollector($0) }
      },
      .init(
        "launch-counters",
        "The same, and besides inside every kernel launch: each worker reads before and after its share."
      ) {
        { try LaunchCountersCollector($0) }
      },
      .init(
        "callgrind",
        "Instructions and simulated cache misses, under valgrind in a worker of its own."
      ) { { try CallgrindCollector($0) } },
      .init(
        "energy", "Joules of processor packages and memory (RAPL), where the machine shows them."
      ) {
        { try EnergyCollector($0) }
      },
    ])
}
